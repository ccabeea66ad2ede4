// What waits for the operator or the regulator, by deadline; and the list of all that is unsolved, to send on.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href, words as words_of } from '/ui/language.js';
import { end, moment, number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, Failed, Loading } from '/ui/state.js';
import { Downloads, More, Table } from '/ui/table.js';
import { At } from '/ui/at.js';
import { Deadline } from '/ui/deadline.js';
import { asked } from '/ui/figure_filters.js';
import { Filters, chosen_of } from '/ui/complaint_filters.js';
import { page_of } from '/ui/complaint_open.js';
import list_words from '/words/complaint_list.js';

export const words = list_words;
const t = words_of(list_words);
const SHOWN = 20; // at first; the rest opens in place

// The tabs: what each keeps.
const tabs = {
    all: () => true,
    answer: (item) => item.kind === 'answer',
    accept: (item) => item.kind === 'accept',
    decide: (item) => item.kind === 'decide',
    unassigned: (item) => !item.assigned,
};

// The next act as a verb, and where it is done: an answer is the operator's, all else the regulator's.
function next_act(item, role) {
    if (item.kind === 'answer') return role === 'operator' ? [t('act_answer'), page_of(item.complaint, 'answer')] : [t('act_watch'), page_of(item.complaint)];
    return [role === 'regulator' ? t(`act_${item.kind}`) : t('act_see'), href(`/appeals/${encodeURIComponent(item.appeal)}`)];
}

function Rows({ items, session }) {
    const { now, role } = session;
    const notes = (item) => [item.appeal ?? item.complaint, item.pressed > 0 && t('pressed', { n: item.pressed }),
        item.joined > 0 && t('joined_short', { n: item.joined }), item.provisional && t('provisional')].filter(Boolean);
    return html`<${Table} stack kind="work" row_key=${(item) => `${item.kind} ${item.appeal ?? item.complaint}`} rows=${items} columns=${[
        { name: t('deadline'), label: null, cell: (item) => html`<${Deadline} ...${item} now=${now} />${item.due && html` <small>${end(item.due, now)}</small>`}` },
        { name: t('matter'), label: null, cell: (item) => html`<a class="what" href=${item.appeal ? href(`/appeals/${encodeURIComponent(item.appeal)}`) : page_of(item.complaint)}>
            ${t(`what_${item.kind}`, { category: item.category_name ?? t('no_category') })}</a><small>${notes(item).map((note) => html`<span class="num">${note}</span> `)}</small>` },
        { name: t('operator'), cell: (item) => item.operator_name }, { name: t('area'), cell: (item) => item.area_name },
        { name: t('assigned'), cell: (item) => item.assigned || t('nobody') },
        { name: t('next'), cell: (item) => { const [verb, to] = next_act(item, role); return html`<a href=${to}>${verb}</a>`; } }]} />`;
}

function Listed({ first, tab, session }) {
    const [is_whole, set_whole] = useState(false);
    return html`<${More} first=${is_whole ? first : { ...first, next: null }}>${(all) => {
        const items = all.filter(tabs[tab]);
        const shown = is_whole ? items : items.slice(0, SHOWN);
        return html`<${Rows} items=${shown} session=${session} />
            ${shown.length < items.length && html`<p class="mt3 noprint"><button class="link" type="button" onClick=${() => set_whole(true)}>
                ${t('rest', { n: number(tab === 'all' ? first.counts.all - shown.length : items.length - shown.length) })}</button></p>`}`;
    }}<//>`;
}

function head({ all, late, today }) {
    if (!all) return t('work_head_none');
    return late ? t('work_head', { late: number(late), today: number(today) }) : t('work_head_on_time', { today: number(today) });
}

export default function Work({ query, session, go }) {
    const is_operator = session.role === 'operator';
    const chosen = chosen_of(query, ['side', 'operator', 'assigned']);
    const given = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
    const tab = query.get('tab') in tabs ? query.get('tab') : 'all';
    const found = use_data(() => get('/api/work', { ...given, limit: 100 }), [asked(given)]);
    if (found.problem) return html`<h1>${t('by_deadline')}</h1><${Failed} problem=${found.problem} again=${found.again} />`;
    if (!found.data) return html`<h1 class="waiting">${t('by_deadline')}</h1><${Loading} />`;
    const { items, counts, next, position } = found.data;
    const present = Object.keys(tabs).filter((each) => each === 'all' || each === 'unassigned' || items.some(tabs[each]));
    // How many each tab has is known once all is here.
    const says = (each) => (each === 'all' ? t('all', { n: number(counts.all) }) : next ? t(`plain_${each}`) : t(each, { n: items.filter(tabs[each]).length }));
    const groups = [...new Set(items.map((item) => item.assigned).filter(Boolean))].sort();
    const choices = [
        ...(is_operator ? [] : [['side', t('side'), [['', t('side_regulator')], ['operators', t('side_operators')], ['all', t('side_all')]]],
            ['operator', t('operator'), [['', t('any_operator')], ...session.operators.map(({ operator, name }) => [operator, name])]]]),
        ['assigned', t('assigned_to'), [['', t('plain_all')], ...[...new Set([...groups, ...(chosen.assigned ? [chosen.assigned] : [])])].map((each) => [each, each])]],
    ];
    return html`<h1>${head(counts)}</h1>
        <p class="meta"><span>${session.operator_name ?? session.account}</span>${session.now && html`<span>${moment(session.now)}</span>`}<${At} position=${position} /></p>
        <${Filters} key=${asked(given)} chosen=${chosen} choices=${choices} path="/work" go=${go} />
        <section class="section mt6"><header><h2>${t('by_deadline')}</h2><p>${t('soon', { n: number(counts.soon), all: number(counts.all) })}</p></header>
            ${!items.length ? html`<${Empty} title=${t('work_head_none')} says=${t('work_none_says')} />` : html`
            <p class="tabs noprint">${present.map((each) => html`<a key=${each} href=${href(`/work${asked({ ...given, tab: each === 'all' ? '' : each })}`)}
                aria-current=${each === tab ? 'page' : undefined}>${says(each)}</a>`)}</p>
            <${Listed} key=${`${asked(given)} ${tab}`} first=${found.data} tab=${tab} session=${session} />`}
            <div class="noprint mt4"><p>${t('list_to_send')}</p><${Downloads} path="/api/work" query=${given} />
                <div class="acts"><button class="button plain" type="button" onClick=${() => print()}>${t('print')}</button></div></div></section>`;
}
