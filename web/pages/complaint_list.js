// Complaints, for the one who looks: one's own; all that an operator or the regulator may see; or what everybody may see.
import { html } from '/htm/preact/standalone.module.js';
import { capital, words as words_of } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { Downloads, More, Table } from '/ui/table.js';
import { At, record_address } from '/ui/at.js';
import { Deadline } from '/ui/deadline.js';
import { StateChip } from '/ui/complaint_state.js';
import { Filters, chosen_of } from '/ui/complaint_filters.js';
import { page_of } from '/ui/complaint_open.js';
import ComplaintMine from '/pages/complaint_mine.js';
import ComplaintPublic from '/pages/complaint_public.js';
import list_words from '/words/complaint_list.js';
import { categories, category_name } from '/words/complaint_categories.js';

export const words = list_words;
const t = words_of(list_words);
const states = ['waiting_operator', 'waiting_person', 'paused', 'closed_unsolved', 'solved', 'appeal_waiting', 'appeal_open', 'decided', 'withdrawn', 'merged'];

function Staff({ query, session, go }) {
    const chosen = chosen_of(query, ['operator', 'category', 'state', 'since']);
    const asked = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value));
    const found = use_data(() => get('/api/complaints', { ...asked, limit: 50 }), [query.toString()]);
    const { now } = session;
    const what = [chosen.operator && session.operators.find(({ operator }) => operator === chosen.operator)?.name,
        chosen.category && category_name(chosen.category), chosen.state && t(chosen.state)].filter(Boolean).join(t('comma'));
    return html`<h1>${what ? t('staff_head_some', { what }) : t('staff_head')}</h1>
        <${Filters} key=${query.toString()} chosen=${chosen} path="/complaints" go=${go} since=${true} choices=${[
        ...(session.role === 'operator' ? [] : [['operator', t('operator'), [['', t('any_operator')], ...session.operators.map(({ operator, name }) => [operator, name])]]]),
        ['category', t('category'), [['', t('any_category')], ...categories.map((each) => [each, category_name(each)])]],
        ['state', t('state'), [['', t('any_state')], ...states.map((each) => [each, t(each)])]]]} />
        <div class="section"><${With} of=${found}>${(first) => (first.items.length || first.next ? html`<${More} first=${first}>${(items) => html`<${Table} stack kind="work" row_key=${(item) => item.complaint} rows=${items} columns=${[
        { name: t('state'), label: null, cell: (item) => html`<${StateChip} item=${item} />` },
        { name: t('matter'), label: null, cell: (item) => html`<a class="what" href=${page_of(item.complaint)}>${capital(item.category_name ?? t('no_category'))}</a><small>${item.complaint}</small>` },
        { name: t('operator'), cell: (item) => item.operator_name }, { name: t('area'), cell: (item) => item.area_name },
        { name: t('filed'), cell: (item) => day(item.filed) },
        { name: t('deadline'), cell: (item) => (item.due ? html`<${Deadline} ...${item} beside now=${now} />` : '—') },
        { name: t('source'), label: null, cell: (item) => html`<${At} position=${item.entry} to=${record_address(item)} />` }]} />`}<//>
            <${Downloads} path="/api/complaints" query=${asked} />`
        : html`<${Empty} title=${t('staff_none')} says=${t('staff_none_says')} />`)}<//></div>`;
}

export default function ComplaintList(page) {
    if (page.session.role === 'subscriber') return html`<${ComplaintMine} ...${page} />`;
    if (page.session.role === 'public' || page.session.role === 'tester') return html`<${ComplaintPublic} ...${page} />`;
    return html`<${Staff} ...${page} />`;
}
