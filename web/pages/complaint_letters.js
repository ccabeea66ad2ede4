// The messages that were sent about a case.
import { html } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { moment } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty } from '/ui/state.js';
import { Trail, WithCase, api_of, page_of } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';
import complaint_words from '/words/complaint.js';

export const words = act_words;
const t = words_of(act_words, complaint_words);

export default function ComplaintLetters({ params, session }) {
    const found = use_data(() => get(`${api_of(params.complaint)}/letters`), [params.complaint]);
    const is_person = session.role === 'subscriber';
    return html`<${WithCase} of=${found}>${({ items }) => html`<${Trail} complaint=${params.complaint} is_person=${is_person} here=${t('may_letters')} />
        <h1>${items.length ? t('letters_head', { n: items.length }) : t('letters_none')}</h1>
        ${items.length ? html`<ol class="timeline mt5">${items.map((letter, i) => html`<li key=${i}><time datetime=${letter.time}>${moment(letter.time, session.now)}</time>
            <h2 class="side light">${t(letter.to === 'person' && is_person ? 'to_you' : `to_${letter.to}`)}</h2><p class="written">${letter.text}</p></li>`)}</ol>`
        : html`<div class="mt5"><${Empty} title=${t('letters_none')} says=${t('letters_none_says')} to=${page_of(params.complaint)} act=${t('see_case')} /></div>`}`}<//>`;
}
