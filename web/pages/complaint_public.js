// Complaints for everybody: per million users by operator and category, and the single ones that their people agreed to show.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, language, pick, words as words_of } from '/ui/language.js';
import { day, list, long_month, number, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, Failed, With } from '/ui/state.js';
import { Downloads, More, Table } from '/ui/table.js';
import { At } from '/ui/at.js';
import { get_figures, margin, shown } from '/ui/figure.js';
import { hue } from '/ui/names.js';
import { StateChip } from '/ui/complaint_state.js';
import { Filters, chosen_of } from '/ui/complaint_filters.js';
import list_words from '/words/complaint_list.js';
import { categories, category_name } from '/words/complaint_categories.js';

export const words = list_words;
const t = words_of(list_words);
const figure = 'complaint.per_million';

const Tasks = ({ session }) => html`<ul class="tasks">
    ${session.role === 'subscriber' && html`<li><a href=${href('/complaints/mine')}>${t('mine')}</a><p>${t('mine_says')}</p></li>`}
    <li><a href=${href('/complaints/new')}>${t('file')}</a><p>${t('file_says')}</p></li>
    <li><a href=${href('/complaints/follow')}>${t('follow')}</a><p>${t('follow_says')}</p></li></ul>`;

function PerMillion({ rows, month, session }) {
    const at = (operator, category) => rows.find((row) => row.operator === operator && (row.category ?? '') === category);
    const total = (category) => session.operators.reduce((sum, { operator }) => sum + (at(operator, category)?.value ?? 0), 0);
    const all = [...categories, ''].filter((category) => total(category) > 0).sort((one, other) => total(other) - total(one));
    const column = ({ operator, name }) => ({
        name: html`<span class=${`op-${hue(session, operator)}`}><span class="key"></span>${name}</span>`, n: true, label: name,
        cell: (category) => { const row = at(operator, category); return row ? html`<span class="num">${shown(row.value, row.unit)} <small>${margin(row)}</small></span>` : '—'; },
    });
    return html`<section class="section"><header><h2>${t('by_category')}</h2><p>${t('by_category_note', { month: period(month) })}</p></header>
        <${Table} stack row_key=${(category) => category || 'none'} rows=${all} columns=${[{ name: t('category'), head: true, cell: (category) => category_name(category) }, ...session.operators.map(column)]} />
        <p class="small quiet mt3">${t('cannot_tell')}</p>
        <${Downloads} path="/api/figures" query=${{ kind: figure, by: 'operator,category', period: month }}><${At} position=${rows[0]?.position} to=${href(`/figures/${figure}`)} /><//></section>`;
}

function Published({ query, session, go }) {
    const chosen = chosen_of(query, ['operator', 'category']);
    const found = use_data(() => get('/api/public/complaints', { limit: 30, operator: chosen.operator }), [chosen.operator]);
    const fits = (item) => !chosen.category || item.category === chosen.category;
    return html`<section class="section"><header><h2>${t('published')}</h2></header>
        <${Filters} chosen=${chosen} path="/public/complaints" go=${go} choices=${[
        ['operator', t('operator'), [['', t('any_operator')], ...session.operators.map(({ operator, name }) => [operator, name])]],
        ['category', t('category'), [['', t('any_category')], ...categories.map((each) => [each, category_name(each)])]]]} />
        <${With} of=${found}>${(first) => (first.items.length ? html`<${More} first=${first}>${(items) => (items.some(fits) ? html`<ul class="mt4">${items.filter(fits).map((item) => html`<li class="finding one" key=${item.complaint}>
            <div><h3><a href=${href(`/public/${encodeURIComponent(item.complaint)}`)}>${item.title}</a></h3>
                <p class="where"><span>${item.operator_name}</span><span>${capital(item.category_name ?? t('no_category'))}</span><span>${item.area_name}</span><span>${t('filed')} ${day(item.filed, session.now)}</span></p></div>
            ${item.text && html`<p class="written text">${item.text}</p>`}
            <p><${StateChip} item=${item} />${item.joined > 0 && html` <span class="small quiet">${t('joined', { n: item.joined })}</span>`}</p></li>`)}</ul>`
        : html`<p class="mt4">${t('published_none_here')}</p>`)}<//>`
        : html`<div class="mt4"><${Empty} title=${chosen.operator ? t('published_none_here') : t('published_none')} says=${t('published_none_says')} to=${href('/complaints/new')} act=${t('file')} /></div>`)}<//></section>`;
}

export default function ComplaintPublic({ query, session, go }) {
    const by_month = use_data(() => get_figures({ kind: figure, by: 'operator,period' }), []);
    const over = (by_month.data?.items ?? []).filter((row) => row.figure === figure && row.value !== null && by_month.data.over(row.period));
    const month = over.map((row) => row.period).sort().at(-1);
    const by_category = use_data(() => month && get_figures({ kind: figure, by: 'operator,category', period: month }), [month]);
    const each = session.operators.map(({ operator, name }) => [name, over.find((row) => row.operator === operator && row.period === month)]).filter(([, row]) => row);
    const said = each.map(([operator, row]) => t('head_each', { operator, value: shown(row.value, row.unit) }));
    return html`<h1>${!month ? t('no_figures') : t('head', { month: pick({ zh: period(month), en: long_month(month) }), operators: language === 'zh' ? said.join('，') : list(said) })}</h1>
        <p class="lede">${t('lede')}</p>
        <${Tasks} session=${session} />
        <div>${by_month.problem ? html`<div class="section"><${Failed} problem=${by_month.problem} again=${by_month.again} /></div>`
        : month && html`<${With} of=${by_category}>${({ items }) => html`<${PerMillion} rows=${items.filter((row) => row.figure === figure)} month=${month} session=${session} />`}<//>`}</div>
        <${Published} query=${query} session=${session} go=${go} />`;
}
