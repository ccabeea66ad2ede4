// The person says of each claim whether the answer is accepted.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { post } from '/ui/api.js';
import { Empty } from '/ui/state.js';
import { Area, Choices, Faults, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending } from '/ui/complaint_form.js';
import { Answer, answers_of, asks } from '/ui/complaint_claims.js';
import { Trail, WithCase, api_of, page_of, use_case } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';
import complaint_words from '/words/complaint.js';

export const words = act_words;
const t = words_of(act_words, complaint_words);

function Reply({ item, go }) {
    const answered = item.claims.filter((claim) => claim.verdict);
    // What was accepted once is proposed again.
    const before = (claim) => claim.person ?? claim.answers.filter((each) => ['accepted', 'disputed'].includes(each.event)).at(-1)?.event;
    const [given, set_given] = useState(() => Object.fromEntries(answered.filter((claim) => before(claim) === 'accepted').map((claim) => [claim.claim, 'accepted'])));
    const [whole, set_whole] = useState('');
    const [text, set_text] = useState('');
    const sending = use_sending();
    const options = [['accepted', t('accept')], ['disputed', t('dispute')]];
    const check = () => (answered.length ? answered.filter(({ claim }) => !given[claim]).map(({ claim }) => ({ field: `claim-${claim}`, says: t('fault_accepted', { n: claim }) }))
        : whole ? [] : [{ field: 'whole', says: t('fault_whole') }]);
    async function call() {
        await post(`${api_of(item.complaint)}/reply`, {
            claims: answered.map(({ claim }) => ({ claim, accepted: given[claim] === 'accepted' })),
            ...(!answered.length && { accepted: whole === 'accepted' }),
            ...(text.trim() && { text: text.trim() }),
        });
        go(`/complaints/${encodeURIComponent(item.complaint)}`);
    }
    return html`<${Form} onSend=${() => sending.send(check, call)}>
        <${Faults} faults=${sending.faults} />
        ${answered.map((claim) => html`<section key=${claim.claim}><div class="head"><h2>${claim.claim}. ${asks(claim)}</h2><p>${t(claim.verdict)}</p></div>
            <${Answer} answer=${answers_of(claim).at(-1)} is_opened=${item.opened} />
            <div class="mt3"><${Choices} id=${`claim-${claim.claim}`} label=${t('reply_claim')} wrong=${fault_of(sending.faults, `claim-${claim.claim}`)}
                value=${given[claim.claim]} onValue=${(value) => set_given((before) => ({ ...before, [claim.claim]: value }))} options=${options} /></div></section>`)}
        ${!answered.length && html`<${Choices} id="whole" label=${t('reply_claim')} wrong=${fault_of(sending.faults, 'whole')} value=${whole} onValue=${set_whole} options=${options} />`}
        <${Area} id="text" label=${t('reply_text')} rows=${4} maxlength="4000" wrong=${fault_of(sending.faults, 'text')} value=${text} onValue=${set_text} />
        <${Sending} sending=${sending} verb=${t('reply_verb')}><a href=${page_of(item.complaint)}>${t('back')}</a><//><//>`;
}

export default function ComplaintReply({ params, go }) {
    const found = use_case(params.complaint);
    return html`<${WithCase} of=${found}>${(item) => html`<${Trail} complaint=${item.complaint} is_person=${true} here=${t('reply_button')} />
        <h1>${t('reply_head')}</h1><p class="lede">${t('reply_says')}</p>
        ${item.may.includes('reply') ? html`<${Reply} item=${item} go=${go} />`
        : html`<div class="mt5"><${Empty} title=${t('not_may')} says=${t('not_may_says')} to=${page_of(item.complaint)} act=${t('see_case')} /></div>`}`}<//>`;
}
