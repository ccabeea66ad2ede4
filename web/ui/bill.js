// A month's bill: each line with its reason, those that do not follow, and the months before.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, words } from '/ui/language.js';
import { money, number, period } from '/ui/format.js';
import { At } from '/ui/at.js';
import { address } from '/ui/api.js';
import { pool_name } from '/ui/usage_units.js';
import usage_words from '/words/usage.js';

const t = words(usage_words);
const is_wrong = ({ amount, charged }) => charged !== undefined && Number(charged) !== Number(amount);

// Charged less computed, over all lines.
export const wrong_sum = (bill) => (bill?.lines ?? []).filter(is_wrong).reduce((sum, { amount, charged }) => sum + Number(charged) - Number(amount), 0);
const wrong_size = (bill) => bill.lines.filter(is_wrong).reduce((sum, { amount, charged }) => sum + Math.abs(Number(charged) - Number(amount)), 0);

function line_name({ item, name }) {
    const [word, ...rest] = item.split(':'), which = rest.join(':');
    if (['fee', 'once', 'exit'].includes(word)) return t(word, { name: name ?? which });
    if (['data', 'voice', 'sms'].includes(word)) return t('over_line', { pool: pool_name(item) });
    return t('other_line', { name: which });
}

const Line = ({ line }) => html`<article class=${`line${is_wrong(line) ? ' wrong' : ''}`}><h3>${capital(line_name(line))}</h3>
    <p class="sum">${money(line.charged ?? line.amount)}</p>
    <p class="because">${is_wrong(line) ? html`<b>${t('mismatch')}</b>${t('charged_is', { charged: money(line.charged), computed: money(line.amount) })} ${line.because}`
        : html`<b>${t('because')}</b> ${line.because}`}</p></article>`;

function Months({ bill }) {
    const most = Math.max(1, ...bill.months.map(({ total }) => Number(total)));
    const before = bill.months.filter(({ cycle }) => cycle < bill.cycle).slice(-3), now = Number(bill.charged ?? bill.total);
    const more = before.length === 3 ? now - before.reduce((sum, { total }) => sum + Number(total), 0) / 3 : 0;
    return html`<h3 class="side">${t('months')}</h3><ul class="months">${bill.months.map(({ cycle, total }) => html`<li key=${cycle} class=${cycle === bill.cycle ? 'this' : undefined}>
            <span class="col" style=${{ '--h': Math.round(Number(total) / most * 80) }}><b>${number(total, 2)}</b></span><span class="when">${period(cycle, true)}</span></li>`)}</ul>
        ${Math.abs(more) >= 0.01 && html`<p class="mt4">${t(more > 0 ? 'more_than' : 'less_than', { sum: money(Math.abs(more)) })}</p>`}`;
}

export function Bill({ bill, query, may_complain }) {
    const month = period(bill.cycle), sum = money(bill.charged ?? bill.total), wrong = wrong_size(bill);
    return html`<section class="section" id="bill"><header><h2>${!bill.lines.length ? t('bill_none', { cycle: month })
            : wrong ? t('bill_wrong', { cycle: month, sum, wrong: money(wrong) }) : t('bill_head', { cycle: month, sum })}</h2>
            <p>${t('bill_dates')} <${At} position=${bill.position} /></p></header>
        <div class="cols"><div class="bill">${bill.lines.map((line) => html`<${Line} key=${line.item} line=${line} />`)}
            ${bill.lines.length > 0 && html`${bill.charged !== undefined && html`<div class="line sumup"><h3>${t('charged')}</h3><p class="sum">${money(bill.charged)}</p></div>`}
                <div class=${`line ${bill.charged === undefined ? 'sumup' : 'after'}`}><h3 class=${bill.charged === undefined ? undefined : 'quiet thin'}>${t('computed')}</h3><p class="sum">${money(bill.total)}</p></div>`}
            <div class="acts noprint"><button class="button plain" type="button" onClick=${() => print()}>${t('print')}</button>
                <a href=${address('/api/usage/records', { ...query, cycle: bill.cycle, format: 'csv' })} download>${t('download')}</a>
                ${wrong > 0 && may_complain && html`<a href=${href('/complaints/new')}>${t('complain')}</a>`}</div></div>
            <div>${bill.months.length > 0 && html`<${Months} bill=${bill} />`}</div></div></section>`;
}
