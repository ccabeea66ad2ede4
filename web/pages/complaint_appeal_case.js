// One appeal: what has happened and by when the next thing must; the regulator's steps, the operator's answer.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { day, end } from '/ui/format.js';
import { get, post, use_data } from '/ui/api.js';
import { Failed, Loading } from '/ui/state.js';
import { At, record_address } from '/ui/at.js';
import { Area, Faults, Input, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending, yuan } from '/ui/complaint_form.js';
import { Said } from '/ui/complaint_claims.js';
import { Timeline } from '/ui/complaint_timeline.js';
import { api_of, page_of } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';
import complaint_words from '/words/complaint.js';

export const words = act_words;
const t = words_of(act_words, complaint_words);

// What can be done, in this order. Those that need no words are buttons; the others open. `may`: the act's name, where it differs.
const steps = [
    { name: 'accept', says: 'accept_says', verb: 'accept_verb' },
    { name: 'forward', says: 'forward_says', verb: 'forward_verb' },
    { name: 'answer', may: 'appeal_answer', verb: 'answer_appeal_verb', summary: 'answer_summary', text: 'answer_appeal_text' },
    { name: 'mediate', verb: 'mediate_verb', summary: 'mediate_summary', text: 'mediate_text', amount: true },
    { name: 'decide', verb: 'decide_verb', summary: 'decide_summary', text: 'decide_text', amount: true },
    { name: 'refuse', verb: 'refuse_verb', summary: 'refuse_summary', text: 'refuse_reason', field: 'reason', look: 'ends' },
    { name: 'withdraw', may: 'appeal_withdraw', verb: 'appeal_withdraw_verb', summary: 'appeal_withdraw_summary', look: 'ends' },
];

function Step({ step, api, again, solid }) {
    const [text, set_text] = useState('');
    const [amount, set_amount] = useState('');
    const sending = use_sending();
    const ids = { text: `${step.name}-text`, amount: `${step.name}-amount` };
    const check = () => [step.text && !text.trim() && { field: ids.text, says: t('needed', { label: t(step.text) }) },
        amount.trim() && yuan(amount) === null && { field: ids.amount, says: t('fault_amount') }];
    const call = () => post(`${api}/${step.name}`, {
        ...(step.text && { [step.field ?? 'text']: text.trim() }), ...(amount.trim() && { amount: yuan(amount) }),
    }).then(again);
    const form = html`<${Form} onSend=${() => sending.send(check, call)}>
        ${step.says && html`<p>${t(step.says)}</p>`}
        <${Faults} faults=${sending.faults} />
        ${step.text && html`<${Area} id=${ids.text} label=${t(step.text)} rows=${5} maxlength="4000" wrong=${fault_of(sending.faults, ids.text)} value=${text} onValue=${set_text} />`}
        ${step.amount && html`<${Input} id=${ids.amount} label=${t('amount_back')} unit=${t('yuan')} inputmode="decimal" wrong=${fault_of(sending.faults, ids.amount)}
            value=${amount} onValue=${set_amount} />`}
        <${Sending} sending=${sending} verb=${t(step.verb)} look=${step.look ?? (solid ? '' : 'plain')} /><//>`;
    return html`<div class="mt4">${step.summary ? html`<details open=${solid}><summary>${t(step.summary)}</summary>${form}</details>` : form}</div>`;
}

export default function AppealCase({ params, session }) {
    const api = `/api/appeals/${encodeURIComponent(params.appeal)}`;
    // An appeal is read with its case: what was written, and what may be done now, stand there.
    const found = use_data(async () => {
        const { complaint } = await get(api);
        const item = await post(`${api_of(complaint)}/open`);
        const appeal = item.appeals.find((each) => each.appeal === params.appeal);
        return { ...item, ...appeal, may: item.appeals.at(-1) === appeal ? item.may : [] };
    }, [params.appeal]);
    const is_person = session.role === 'subscriber' || session.role === 'public';
    const { now } = session;
    const item = found.data;
    if (found.problem?.status === 404 || found.problem?.status === 401)
        return html`<h1>${t('appeal_none')}</h1><p class="lede">${t('appeal_none_says')}</p>`;
    if (found.problem) return html`<h1>${t('appeals')}</h1><${Failed} problem=${found.problem} again=${found.again} />`;
    if (!item) return html`<${Loading} />`;
    const may = steps.filter((step) => item.may.includes(step.may ?? step.name));
    const is_waiting = item.state === 'waiting', is_going_on = is_waiting || item.state === 'open';
    const { source, seq, entry } = item;
    const timeline = [{ time: item.filed, event: 'filed', says: t('appeal_filed'), source, seq, entry }, ...item.events]
        .map((event) => ({ ...event, event: `appeal_${event.event}` }));
    const ahead = [is_waiting && item.accept_due && { time: item.accept_due, event: 'accept_due' },
        is_going_on && item.decide_due && { time: item.decide_due, event: 'decide_due' }].filter(Boolean);
    return html`<p class="trail"><a href=${page_of(item.complaint)}>${t('of_complaint', { id: item.complaint })}</a> › ${item.appeal}</p>
        <h1>${t('appeal_there', { state: item.state_says })}</h1>
        <p class="meta"><span>${item.operator_name}</span>${item.about_name && html`<span>${item.about_name}</span>`}
            <span>${t('appeal_number', { id: item.appeal })}</span><span>${t('filed')} ${day(item.filed, now)}</span>
            <${At} position=${entry} to=${record_address(item)} /></p>
        ${is_going_on && item.due && html`<div class="state-line section mt5"><p><span class=${`chip ${item.overdue ? 'late' : 'you'}`}>${item.overdue ? t('late')
            : t('turn', { whom: t('regulator') })}</span><span>${t(is_waiting ? 'accept_by' : 'decide_by', { day: end(item.due, now) })}
            ${item.with_operator && html` ${t('with_operator', { operator: item.operator_name })}`}</span></p></div>`}
        <div class="cols section"><div>
            <section><div class="head"><h2>${t(is_person ? 'said_you' : 'person_says')}</h2></div><${Said} text=${item.text} is_opened=${item.opened} />
                <p class="mt3"><a href=${page_of(item.complaint)}>${t('see_complaint')}</a></p></section>
            <${Timeline} item=${{ ...item, timeline, ahead, runs: [] }} is_person=${is_person} now=${now} />
        </div><div>
            ${may.length > 0 && html`<section class="ask noprint"><h2>${t('do_now')}</h2>
                ${may.map((step, i) => html`<${Step} key=${step.name} step=${step} api=${api} again=${found.again} solid=${i === 0} />`)}</section>`}
            <section class="mt6"><h2 class="side">${t('deadlines')}</h2><dl class="pairs">
                <div><dt>${t('acceptance')}</dt><dd>${t('within_5')}</dd></div><div><dt>${t('decision')}</dt><dd>${t('within_30')}</dd></div>
                <div><dt>${t('staff_assigned')}</dt><dd>${item.assigned ?? t('regulator')}</dd></div></dl></section>
            <section class="noprint mt6"><button class="link" type="button" onClick=${() => print()}>${t('may_print')}</button></section>
        </div></div>`;
}
