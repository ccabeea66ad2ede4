// The operator answers claim by claim, and states what is paid.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { end, money } from '/ui/format.js';
import { post } from '/ui/api.js';
import { Empty } from '/ui/state.js';
import { Area, Choices, Faults, Input, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending, yuan } from '/ui/complaint_form.js';
import { Said, answers_of, asks } from '/ui/complaint_claims.js';
import { left } from '/ui/complaint_state.js';
import { Trail, WithCase, api_of, headline, page_of, use_case } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';
import complaint_words from '/words/complaint.js';

export const words = act_words;
const t = words_of(act_words, complaint_words);
const verdicts = ['agreed', 'partly', 'refused'];

// A claim that the person has accepted is settled, and not asked about again: what was answered stands.
const is_settled = (claim) => claim.person === 'accepted';
const open_claims = (item) => item.claims.filter((claim) => !is_settled(claim));
const stands = (claim) => ({ claim: claim.claim, verdict: claim.verdict, text: answers_of(claim).at(-1)?.text || t('stands') });

function ClaimForm({ claim, answer, set, faults }) {
    const id = (name) => `${name}-${claim.claim}`;
    return html`<section class="form"><div class="head"><h2>${claim.claim}. ${asks(claim)}</h2></div>
        <${Said} text=${claim.text} is_opened=${true} />
        <${Choices} id=${id('verdict')} label=${t('verdict')} wrong=${fault_of(faults, id('verdict'))} value=${answer.verdict} onValue=${(verdict) => set({ verdict })}
            options=${verdicts.map((each) => [each, t(`choose_${each}`)])} />
        ${answer.verdict && answer.verdict !== 'refused' && html`<${Input} id=${id('amount')} label=${t('pays')} hint=${t('pays_hint')} unit=${t('yuan')}
            wrong=${fault_of(faults, id('amount'))} inputmode="decimal" value=${answer.amount ?? ''} onValue=${(amount) => set({ amount })} />`}
        <${Area} id=${id('text')} label=${t('claim_text')} rows=${3} maxlength="4000" wrong=${fault_of(faults, id('text'))} value=${answer.text ?? ''} onValue=${(text) => set({ text })} />
        </section>`;
}

function Answer({ item, go }) {
    const claims = open_claims(item);
    const [text, set_text] = useState('');
    // What is asked for is proposed as what is paid.
    const [answers, set_answers] = useState(() => Object.fromEntries(claims.map((claim) => [claim.claim, { amount: claim.amount ?? '' }])));
    const sending = use_sending();
    const pays = (answer) => answer.verdict !== 'refused' && answer.amount?.trim();
    const check = () => [...claims.flatMap(({ claim }) => {
        const answer = answers[claim];
        return [!answer.verdict && { field: `verdict-${claim}`, says: t('fault_verdict', { n: claim }) },
            pays(answer) && yuan(answer.amount) === null && { field: `amount-${claim}`, says: t('fault_amount') },
            answer.verdict && answer.verdict !== 'agreed' && !answer.text?.trim() && { field: `text-${claim}`, says: t('fault_why', { n: claim }) }];
    }), !claims.length && !text.trim() && { field: 'text', says: t('needed', { label: t('answer_text_whole') }) }];
    async function call() {
        await post(`${api_of(item.complaint)}/answer`, {
            ...(text.trim() && { text: text.trim() }),
            claims: item.claims.map((each) => {
                if (is_settled(each)) return stands(each);
                const { claim } = each;
                const answer = answers[claim];
                return { claim, verdict: answer.verdict, ...(pays(answer) && { amount: yuan(answer.amount) }),
                    ...(answer.text?.trim() && { text: answer.text.trim() }) };
            }),
        });
        go(`/complaints/${encodeURIComponent(item.complaint)}`);
    }
    const total = claims.map(({ claim }) => answers[claim]).filter((answer) => answer.verdict && pays(answer)).reduce((sum, answer) => sum + Number(yuan(answer.amount) ?? 0), 0);
    return html`<${Form} onSend=${() => sending.send(check, call)}>
        <${Faults} faults=${sending.faults} />
        ${claims.map((claim) => html`<${ClaimForm} key=${claim.claim} claim=${claim} answer=${answers[claim.claim]} faults=${sending.faults}
            set=${(fields) => set_answers((before) => ({ ...before, [claim.claim]: { ...before[claim.claim], ...fields } }))} />`)}
        <${Area} id="text" label=${t(claims.length ? 'answer_text' : 'answer_text_whole')} rows=${4} maxlength="4000" wrong=${fault_of(sending.faults, 'text')} value=${text} onValue=${set_text} />
        ${total > 0 && html`<p>${t('pays')}: <b>${money(total)}</b></p>`}
        <p class="small quiet">${t('answer_then')}</p>
        <${Sending} sending=${sending} verb=${t('answer_verb')}><a href=${page_of(item.complaint)}>${t('back')}</a><//><//>`;
}

export default function ComplaintAnswer({ params, session, go }) {
    const found = use_case(params.complaint);
    return html`<${WithCase} of=${found}>${(item) => {
        const n = open_claims(item).length;
        return html`<${Trail} complaint=${item.complaint} here=${t('answer_verb')} />
            <h1>${n ? t('answer_head', { n }) : t('answer_head_whole')}</h1>
            <p class="lede">${headline(item)}</p>
            ${item.due && html`<p class="meta"><span>${t('answer_due', { left: left(item), day: end(item.due, session.now) })}</span></p>`}
            ${item.may.includes('answer') ? html`<${Answer} item=${item} go=${go} />`
            : html`<div class="mt5"><${Empty} title=${t('not_may')} says=${t('not_may_says')} to=${page_of(item.complaint)} act=${t('see_case')} /></div>`}`;
    }}<//>`;
}
