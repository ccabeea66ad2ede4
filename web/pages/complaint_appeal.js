// An appeal to the regulator: under which conditions, what it is about, and why.
import { html, useState } from '/htm/preact/standalone.module.js';
import { words as words_of } from '/ui/language.js';
import { end } from '/ui/format.js';
import { post } from '/ui/api.js';
import { Area, Choices, Faults, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending } from '/ui/complaint_form.js';
import { AppealBox } from '/ui/complaint_appeal.js';
import { Trail, WithCase, api_of, headline, page_of, use_case } from '/ui/complaint_open.js';
import act_words from '/words/complaint_act.js';

export const words = act_words;
const t = words_of(act_words);

function Appeal({ item, go, now }) {
    const [about, set_about] = useState(item.appeal.about ?? '');
    const [text, set_text] = useState('');
    const until = (moment) => (moment ? t('appeal_until', { day: end(moment, now) }) : undefined);
    const sending = use_sending();
    const check = () => [!about && { field: 'about', says: t('fault_about') },
        [...text.trim()].length < 5 && { field: 'text', says: t('fault_appeal_text') }];
    async function call() {
        const { appeal } = await post(`${api_of(item.complaint)}/appeal`, { about, text: text.trim() });
        go(`/appeals/${encodeURIComponent(appeal)}`);
    }
    return html`<${Form} onSend=${() => sending.send(check, call)}>
        <${Faults} faults=${sending.faults} />
        <${Choices} id="about" label=${t('appeal_about')} wrong=${fault_of(sending.faults, 'about')} value=${about} onValue=${set_about}
            options=${['charge', 'other'].map((each) => [each, t(`appeal_${each}`), until(item.appeal[`until_${each}`])])} />
        <${Area} id="text" label=${t('appeal_text')} rows=${8} maxlength="4000" wrong=${fault_of(sending.faults, 'text')} value=${text} onValue=${set_text} />
        <${Sending} sending=${sending} verb=${t('appeal_verb')}><a href=${page_of(item.complaint)}>${t('back')}</a><//><//>`;
}

export default function ComplaintAppeal({ params, session, go }) {
    const found = use_case(params.complaint);
    return html`<${WithCase} of=${found}>${(item) => html`<${Trail} complaint=${item.complaint} is_person=${true} here=${t('appeal_head')} />
        <h1>${t('appeal_head')}</h1><p class="meta"><span>${headline(item)}</span></p>
        <p class="lede">${t('appeal_when')}</p><p class="mt3 text">${t('appeal_long')}</p>
        <div class="mt5">${item.appeal.possible ? html`<${Appeal} item=${item} go=${go} now=${session.now} />`
        : html`<${AppealBox} item=${item} is_person=${true} now=${session.now} /><p class="mt4"><a href=${page_of(item.complaint)}>${t('back')}</a></p>`}</div>`}<//>`;
}
