// The regulator writes a new dated limit: one form, then a last page that shows what will be written.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, post, use_data } from '/ui/api.js';
import { Failed, With } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Area, Choices, Faults, Input, Select, fault_of } from '/ui/field.js';
import { inner_areas } from '/ui/names.js';
import words from '/words/rules.js';

export { words };
const units = ['day', 'workday', 'hour', 'minute', 'month', 'year', 'share', 'count', 'yuan'];

function Form({ duties, draft, set_draft, faults, session, t, check }) {
    const set = (name) => (value) => set_draft({ ...draft, [name]: value });
    const field = (name) => ({ id: name, value: draft[name], onValue: set(name), wrong: fault_of(faults, name) });
    const outer = session.areas.filter((each) => !inner_areas(session).includes(each));
    return html`<${Faults} faults=${faults} /><form class="form mt5" novalidate onSubmit=${check}>
        <${Select} ...${field('duty')} label=${t('duty')} options=${duties.map(({ duty, says }) => [duty, capital(says)])} />
        <${Select} ...${field('area')} label=${t('area')} options=${[['', t('nation')], ...[...outer, ...inner_areas(session)].map(({ area, name }) => [area, name])]} />
        <${Input} ...${field('value')} label=${t('value')} inputmode="decimal" size="8" />
        <${Select} ...${field('unit')} label=${t('unit')} options=${units.map((unit) => [unit, t('u_' + unit)])} />
        <${Input} ...${field('statistic')} label=${t('statistic')} size="16" />
        <${Input} ...${field('from')} label=${t('from')} type="date" size="12" />
        <${Input} ...${field('to')} label=${t('until')} type="date" size="12" />
        <${Area} ...${field('basis')} label=${t('basis')} hint=${t('basis_hint')} rows="3" />
        <${Choices} ...${field('status')} label=${t('status')} hint=${t('status_hint')} options=${['V', 'V2', 'ours'].map((status) => [status, capital(t(status))])} />
        <div class="acts"><button class="button">${t('check')}</button><a href=${href('/rules')}>${t('cancel')}</a></div></form>`;
}

export default function EditRule({ query, session, t, session_again }) {
    const duties = use_data(() => get('/api/duties'), []);
    const [typed, set_draft] = useState({ duty: query.get('duty') ?? '', area: '', value: '', unit: '', statistic: '', from: '', to: '', basis: '', status: 'V' });
    const [faults, set_faults] = useState([]);
    const [is_review, set_review] = useState(false);
    const [done, set_done] = useState(null);
    const [problem, set_problem] = useState(null);
    if (session.role !== 'regulator') return html`<h1>${t('regulator_only')}</h1><p><a href=${href('/rules')}>${t('to_rules')}</a></p>`;
    const items = duties.data?.items ?? [];
    const draft = { ...typed, duty: typed.duty || items[0]?.duty || '' };
    const present = items.find(({ duty }) => duty === draft.duty)?.limits?.at(-1);
    draft.unit ||= present?.unit ?? 'day';
    const check = (event) => {
        event.preventDefault();
        const found = [];
        if (!/^\d+(\.\d{1,6})?$/.test(draft.value)) found.push({ field: 'value', says: t('w_value') });
        if (!draft.from) found.push({ field: 'from', says: t('w_from') });
        if (draft.to && draft.to <= draft.from) found.push({ field: 'to', says: t('w_to') });
        if (!draft.basis.trim()) found.push({ field: 'basis', says: t('w_basis') });
        set_faults(found);
        if (!found.length) set_review(true);
    };
    const write = async () => {
        set_problem(null);
        const row = Object.fromEntries(Object.entries({ ...draft, basis: draft.basis.trim() }).filter(([, value]) => value !== ''));
        try {
            const answer = await post('/api/records/limit', row);
            if (!answer.accepted && !answer.duplicate) throw Object.assign(new Error(answer.rejects?.[0]?.reason ?? t('rejected')), { status: 422, title: t('rejected') });
            set_done(answer);
            session_again();
        } catch (failure) { set_problem(failure); }
    };
    const says = `${draft.value} ${t('u_' + draft.unit)}`;
    const area = session.areas.find((each) => each.area === draft.area)?.name ?? t('nation');
    const duty = capital(items.find((each) => each.duty === draft.duty)?.says ?? draft.duty);
    if (done) return html`<h1>${t('written', { from: day(draft.from) })}</h1><p class="lede">${t('written_says', { from: day(draft.from) })}</p>
        <p class="mt4"><a class="button" href=${href('/rules?duty=' + draft.duty)}>${t('to_rules')}</a>${' '}<${At} position=${session.position} /></p>`;
    const shown = [['duty', duty], ['area', area], ['value', says], ['statistic', draft.statistic], ['from', day(draft.from || session.now)], ['to', draft.to ? day(draft.to) : t('in_force')], ['basis', draft.basis], ['status', t(draft.status)]];
    return html`<p class="trail"><a href=${href('/rules')}>${t('rules')}</a> › ${duty}</p>
        <h1>${t(is_review ? 'review' : 'edit_head')}</h1><p class="lede">${is_review ? t('effect', { from: day(draft.from), says }) : t('edit_lede')}</p>
        ${is_review ? html`<dl class="pairs mt5">${shown.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${t(name)}</dt><dd>${value}</dd></div>`)}</dl>
            <${Failed} problem=${problem} kept again=${write} /><div class="acts"><button class="button" type="button" onClick=${write}>${t('write')}</button>
                <button class="button plain" type="button" onClick=${() => set_review(false)}>${t('change')}</button></div>`
        : html`<${With} of=${duties}>${() => html`<${Form} duties=${items} draft=${draft} set_draft=${set_draft} faults=${faults} session=${session} t=${t} check=${check} />`}<//>`}`;
}
