// Prints China's real working days as records of kind `workday`, from the npm package chinese-days: one row for each day that
// is not what its weekday says. Usage: node scripts/workdays.js > build/workdays.csv
'use strict';

const { holidays, workdays } = require('chinese-days/dist/chinese-days.json');

const FIRST_YEAR = 2004;
const LAST_YEAR = 2026;

// What the package lacks: the day worked for the New Year holiday of 2006, in the year before the one it belongs to.
const missing = { '2005-12-31': "New Year's Day,元旦,1" };

function isWeekend(date) {
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday === 0 || weekday === 6;
}

function quoted(cell) {
    return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function row(date, working, names) {
    if (isWeekend(date) !== working) throw new Error(`${date} is what its weekday says already: look into chinese-days`);
    const [english, chinese] = names.split(',');
    const basis = working
        ? `国务院办公厅放假通知，${chinese}调休上班 / State Council holiday notice, worked for ${english}`
        : `国务院办公厅放假通知，${chinese} / State Council holiday notice, ${english}`;
    return [date, working, quoted(basis)].join(',');
}

const rows = [
    ...Object.entries({ ...missing, ...workdays }).map(([date, names]) => row(date, true, names)),
    ...Object.entries(holidays).filter(([date]) => !isWeekend(date)).map(([date, names]) => row(date, false, names)),
].sort();

for (let year = FIRST_YEAR; year <= LAST_YEAR; year++)
    if (!rows.some((line) => line.startsWith(`${year}-`))) throw new Error(`chinese-days lacks the year ${year}`);

process.stdout.write(['date,working,basis', ...rows].join('\n') + '\n');
