// A published case, without personal data; others with the same trouble join it.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href, language, words as words_of } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, post, use_data } from '/ui/api.js';
import { Failed, Loading } from '/ui/state.js';
import { At } from '/ui/at.js';
import { Area, Faults, Input, fault_of } from '/ui/field.js';
import { Form, Sending, use_sending } from '/ui/complaint_form.js';
import { StateLine } from '/ui/complaint_state.js';
import { Clock } from '/ui/complaint_clock.js';
import { Timeline } from '/ui/complaint_timeline.js';
import { api_of } from '/ui/complaint_open.js';
import list_words from '/words/complaint_list.js';
import complaint_words from '/words/complaint.js';

export const words = list_words;
const t = words_of(list_words, complaint_words);

function Join({ item, again, session }) {
    const [number, set_number] = useState('');
    const [text, set_text] = useState('');
    const [is_joined, set_joined] = useState(false);
    const sending = use_sending();
    const plain = number.replace(/[\s-]/g, '');
    const check = () => [(plain ? !/^\d{11}$/.test(plain) : !session.number) && { field: 'number', says: t('fault_join_number') }];
    const call = async () => {
        await post(`${api_of(item.complaint)}/join`, { ...(plain && { number: plain }), ...(text.trim() && { text: text.trim() }) });
        set_joined(true);
        again();
    };
    return html`<section class="ask noprint"><h2>${t('same')}</h2>
        <p role="status">${is_joined && html`<b>${t('joined_now')}</b> `}${item.joined ? t('joined_count', { n: item.joined }) : t('joined_none')}</p>
        ${!is_joined && html`<p class="small quiet">${t('same_says')}</p><div class="mt4"><${Form} onSend=${() => sending.send(check, call)}>
            <${Faults} faults=${sending.faults} />
            <${Input} id="number" label=${t('join_number')} wrong=${fault_of(sending.faults, 'number')} inputmode="numeric" autocomplete="tel-national" size="16" value=${number} onValue=${set_number} />
            <${Area} id="text" label=${t('join_text')} wrong=${fault_of(sending.faults, 'text')} rows=${3} maxlength="1000" value=${text} onValue=${set_text} />
            <${Sending} sending=${sending} verb=${t('join_verb')} /><//></div>`}</section>`;
}

export default function ComplaintPublicCase({ params, session }) {
    const found = use_data(() => get(`/api/public/complaints/${encodeURIComponent(params.complaint)}`), [params.complaint]);
    const item = found.data;
    const { now } = session;
    if (found.problem?.status === 404)
        return html`<h1>${t('public_none')}</h1><p class="lede">${t('public_none_says')}</p><p class="mt4"><a href=${href('/public/complaints')}>${t('public_all')}</a></p>`;
    if (found.problem) return html`<h1>${t('title')}</h1><${Failed} problem=${found.problem} again=${found.again} />`;
    if (!item) return html`<${Loading} />`;
    return html`<p class="trail"><a href=${href('/public/complaints')}>${t('public_all')}</a> › ${item.complaint}</p>
        <h1>${item.publication.title}</h1>
        <p class="meta"><span>${[item.operator_name, item.area_name].filter(Boolean).join(language === 'zh' ? '，' : ', ')}</span><span>${capital(item.category_name ?? t('no_category'))}</span>
            <span>${t('filed')} ${day(item.filed, now)}</span><${At} position=${item.position} /></p>
        <${StateLine} item=${{ ...item, appeal: null }} now=${now} />
        <div class="cols section"><div>
            ${item.publication.text && html`<section><p class="written text">${item.publication.text}</p><p class="small quiet mt2">${t('text_is')}</p></section>`}
            <${Timeline} item=${item} now=${now} /></div>
            <div>${item.may.includes('join') ? html`<${Join} item=${item} again=${found.again} session=${session} />`
            : item.joined > 0 && html`<p>${t('joined_count', { n: item.joined })}</p>`}
                <${Clock} item=${item} now=${now} />
                ${item.responsible && html`<section class="mt6"><h2 class="side">${t('responsible')}</h2><p class="mt2">${item.responsible}</p></section>`}</div></div>`;
}
