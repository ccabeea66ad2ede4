// Numbers, money, days and moments as people read them. All times are shown as they are in China (+08:00).
import { language } from '/ui/language.js';

const zh = language === 'zh';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const long_months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
    'November', 'December'];

// 12480316 -> 12,480,316; decimals only when given.
export function number(value, decimals = 0) {
    const [whole, rest] = Math.abs(Number(value)).toFixed(decimals).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
    return (Number(value) < 0 ? '−' : '') + grouped + (rest ? '.' + rest : '');
}

// In prose: 8030 万, 80.3 million.
export function large(value) {
    if (zh) return value >= 1e8 ? number(value / 1e8, 2) + '亿' : value >= 1e5 ? number(value / 1e4) + '万' : number(value);
    return value >= 1e6 ? number(value / 1e6, 1) + ' million' : number(value);
}

// "18" -> 18.00元, ¥18.00
export const money = (yuan) => (zh ? number(yuan, 2) + '元' : (Number(yuan) < 0 ? '−¥' : '¥') + number(Math.abs(yuan), 2));

export const range = (low, high) => `${low}–${high}`;

// The parts of a moment or a day as a clock in China shows them.
export function parts(text) {
    const plain = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?.*\+08:00)?$/.exec(text);
    if (plain) return plain.slice(1).map((each) => Number(each ?? 0));
    const there = new Date(Date.parse(text) + 8 * 3600e3);
    return [there.getUTCFullYear(), there.getUTCMonth() + 1, there.getUTCDate(), there.getUTCHours(), there.getUTCMinutes(),
        there.getUTCSeconds()];
}

const two = (value) => String(value).padStart(2, '0');

// 2016-12-13 -> 2016年12月13日, 13 Dec 2016; without the year where it is that of `now`.
export function day(text, now) {
    const [year, month, date] = parts(text);
    const same = now && parts(now)[0] === year;
    return zh ? `${same ? '' : year + '年'}${month}月${date}日` : `${date} ${months[month - 1]}${same ? '' : ' ' + year}`;
}

export function moment(text, now) {
    const [, , , hour, minute] = parts(text);
    return zh ? `${day(text, now)} ${two(hour)}:${two(minute)}` : `${day(text, now)}, ${two(hour)}:${two(minute)}`;
}

// A limit ends at 00:00 of the next day: said as 24:00 of the day before.
export function end(text, now) {
    const [, , , hour, minute, second] = parts(text);
    if (hour || minute || second) return moment(text, now);
    const before = new Date(Date.parse(text) - 1 + 8 * 3600e3).toISOString().slice(0, 10);
    return zh ? `${day(before, now)}24:00` : `${day(before, now)}, 24:00`;
}

// 2015-01 -> 2015年1月, January 2015; 2015Q1 -> 2015年一季度, 2015 Q1.
export function period(text, short = false) {
    const [, year, quarter, month] = /^(\d{4})(?:Q(\d)|-(\d\d))?$/.exec(text) ?? [];
    if (!year) return text;
    if (quarter) return zh ? `${short ? '' : year + '年'}${'一二三四'[quarter - 1]}季度` : `Q${quarter}${short ? '' : ' ' + year}`;
    if (!month) return zh ? year + '年' : year;
    if (zh) return `${short ? '' : year + '年'}${Number(month)}月`;
    return short ? months[month - 1] : `${months[month - 1]} ${year}`;
}

export const long_month = (text) => (zh ? period(text) : `${long_months[Number(text.slice(5)) - 1]} ${text.slice(0, 4)}`);

export const bytes = (count) =>
    count >= 1048576 ? `${number(count / 1048576, 1)} MB` : count >= 1024 ? `${number(count / 1024)} kB` : `${count} B`;

// A list in a sentence.
export const list = (items) =>
    zh ? items.join('、') : items.length > 1 ? items.slice(0, -1).join(', ') + ' and ' + items.at(-1) : items.join('');
