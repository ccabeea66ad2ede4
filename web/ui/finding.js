// A finding: a sentence with who and how much, the rule against the fact, and the records that show it, opened in place.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href, language, words } from '/ui/language.js';
import { day, money, number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { With } from '/ui/state.js';
import { At, record_address } from '/ui/at.js';
import { in_short, kind_of, meaning } from '/ui/record.js';
import { area_name, operator_name } from '/ui/names.js';

const t = words({
    zh: {
        owed: '应当', limit: '限值', fact: '实际', amount: '涉及金额', over: '超出', within: '{says}内', source: '来源', seq: '序号', kind: '种类', says: '内容', at: '在账本里',
        proof: '证明', evidence: '证据：{n}条记录，每条可以验证', provisional: '按暂定的工作日算', broken: '{day}违反', case: '看这件投诉', region: '证据，可左右滚动',
    },
    en: {
        owed: 'Required', limit: 'Limit', fact: 'Found', amount: 'Amount', over: 'Beyond', within: 'within {says}', source: 'Source', seq: 'Number', kind: 'Kind', says: 'What it says',
        at: 'In the ledger', proof: 'proof', evidence: ({ n }) => `Evidence: ${n} record${n === 1 ? '' : 's'}, each can be verified`,
        provisional: 'by provisional working days', broken: 'broken {day}', case: 'See this complaint', region: 'Evidence; scrolls sideways',
    },
});

const units = {
    zh: { day: '天', workday: '个工作日', hour: '小时', minute: '分钟', month: '个月', year: '年', count: '次', yuan: '元', share: '' },
    en: { day: 'day', workday: 'working day', hour: 'hour', minute: 'minute', month: 'month', year: 'year', count: 'time', yuan: 'yuan', share: '' },
}[language];

// "15 day" -> 15天, 15 days
export function quantity(text) {
    const [, value, unit] = /^([\d.]+) (\w+)$/.exec(text ?? '') ?? [];
    if (!unit) return text ?? '—';
    return language === 'zh' ? value + (units[unit] ?? unit) : `${value} ${units[unit] ?? unit}${value === '1' ? '' : 's'}`;
}

// Heads have no full stop.
export const headline = (finding) => capital(finding.says).replace(/[.。]$/, '');

function over(finding) {
    const [limit, measured] = [finding.limit, finding.measured].map((text) => /^([\d.]+) (\w+)$/.exec(text ?? ''));
    if (!limit || !measured || limit[2] !== measured[2] || Number(measured[1]) <= Number(limit[1])) return null;
    return quantity(`${Number((measured[1] - limit[1]).toFixed(2))} ${limit[2]}`);
}

export function Evidence({ records, session, all }) {
    const shown = all ? records : records.slice(0, 3);
    const found = use_data(() => Promise.all(shown.map(async ({ source, seq }) => {
        const record = await get('/api/record', { source, seq });
        return { record, kind: await kind_of(record.kind) };
    })), [records]);
    return html`<${With} of=${found}>${(rows) => html`<div class="scroll" tabindex="0" role="region" aria-label=${t('region')}><table class="evidence">
        <thead><tr><th scope="col">${t('source')}</th><th scope="col" class="n">${t('seq')}</th><th scope="col">${t('kind')}</th><th scope="col">${t('says')}</th><th scope="col">${t('at')}</th></tr></thead>
        <tbody>${rows.map(({ record, kind }) => html`<tr><td>${record.source}</td><td class="n">${number(record.seq)}</td><td>${meaning(kind)}</td>
            <td>${in_short(kind, record, session)}</td><td class="num"><${At} position=${record.position} to=${record_address(record)} /> <a class="small" href=${record_address(record) + '#proof'}>${t('proof')}</a></td></tr>`)}</tbody></table></div>`}<//>`;
}

export function Against({ finding }) {
    const beyond = over(finding);
    return html`<dl class="against"><div><dt>${t(beyond ? 'owed' : 'limit')}</dt><dd>${beyond ? t('within', { says: quantity(finding.limit) }) : quantity(finding.limit)}</dd></div>
        <div class="fact"><dt>${t('fact')}</dt><dd>${quantity(finding.measured)}</dd></div>
        ${finding.amount !== null && finding.amount !== undefined ? html`<div><dt>${t('amount')}</dt><dd>${money(finding.amount)}</dd></div>`
        : beyond && html`<div><dt>${t('over')}</dt><dd>${beyond}</dd></div>`}</dl>`;
}

// position: of the ledger that the finding was computed from.
export const Where = ({ finding, session, position }) => html`<p class="where">${finding.operator && html`<span class="num">${operator_name(session, finding)}</span>`}
    ${finding.area && html`<span class="num">${area_name(session, finding)}</span>`}<span class="num">${t('broken', { day: day(finding.time) })}</span>
    <span class="num">${finding.duty}</span>${finding.provisional && html`<span class="num">${t('provisional')}</span>`}
    <${At} position=${position} to=${href('/findings/' + finding.finding)} /></p>`;

export function Finding({ finding, session, position }) {
    const [is_open, set_open] = useState(false);
    return html`<li class="finding"><div><h3><a href=${href('/findings/' + finding.finding)}>${headline(finding)}</a></h3><${Where} finding=${finding} session=${session} position=${position} /></div>
        <${Against} finding=${finding} />
        <details onToggle=${(event) => set_open(event.target.open)}><summary>${t('evidence', { n: finding.records.length })}</summary>
            ${is_open && html`<${Evidence} records=${finding.records} session=${session} all />`}</details></li>`;
}
