// From the receipt's number and code to the case.
import { html, useState } from '/htm/preact/standalone.module.js';
import { href, words as words_of } from '/ui/language.js';
import { post } from '/ui/api.js';
import { Faults, Input, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending } from '/ui/complaint_form.js';
import list_words from '/words/complaint_list.js';

export const words = list_words;
const t = words_of(list_words);

export default function ComplaintFollow({ query, go, session_again }) {
    const [complaint, set_complaint] = useState(query.get('complaint') ?? '');
    const [code, set_code] = useState('');
    const sending = use_sending();
    const check = () => [!complaint.trim() && { field: 'complaint', says: t('fault_number') },
        code.replace(/[\s-]/g, '').length !== 8 && { field: 'code', says: t('fault_code') }];
    async function call() {
        const given = complaint.trim().toUpperCase();
        await post('/api/session/complaint', { complaint: given, code: code.trim() }).catch((problem) => {
            // A wrong code is for the person to mend, here.
            throw problem.status === 401 ? Object.assign(problem, { faults: [{ field: 'code', says: problem.message }] }) : problem;
        });
        await session_again();
        go(`/complaints/${encodeURIComponent(given)}`);
    }
    return html`<h1>${t('follow_head')}</h1><p class="lede">${t('follow_lede')}</p>
        <${Form} onSend=${() => sending.send(check, call)}>
            <${Faults} faults=${sending.faults} />
            <${Input} id="complaint" label=${t('number')} hint=${t('number_hint')} wrong=${fault_of(sending.faults, 'complaint')} autocapitalize="characters" autocomplete="off"
                spellcheck="false" value=${complaint} onValue=${set_complaint} />
            <${Input} id="code" label=${t('code')} hint=${t('code_hint')} wrong=${fault_of(sending.faults, 'code')} size="16" autocapitalize="characters" autocomplete="off"
                spellcheck="false" value=${code} onValue=${set_code} />
            <${Sending} sending=${sending} verb=${t('follow_verb')} /><//>
        <section class="section"><div class="aside"><h2>${t('lost')}</h2><p>${t('lost_says')} <a href=${href('/signin')}>${t('sign_in')}</a></p></div></section>`;
}
