// One case, for all who may see it: whose turn it is, claim by claim, what happened and what comes, and what one may do.
import { html, useState } from '/htm/preact/standalone.module.js';
import { capital, href, language, words as words_of } from '/ui/language.js';
import { bytes, day, moment } from '/ui/format.js';
import { post } from '/ui/api.js';
import { Failed } from '/ui/state.js';
import { At, record_address } from '/ui/at.js';
import { Claims } from '/ui/complaint_claims.js';
import { Clock } from '/ui/complaint_clock.js';
import { Timeline } from '/ui/complaint_timeline.js';
import { AppealBox } from '/ui/complaint_appeal.js';
import { StateLine } from '/ui/complaint_state.js';
import { Trail, WithCase, api_of, headline, page_of, use_case } from '/ui/complaint_open.js';
import complaint_words from '/words/complaint.js';

export const words = complaint_words;
const t = words_of(complaint_words);

// What stands as links at the side, in this order: what one may do, and its page where that goes by another name.
const links = [['write'], ['evidence'], ['publish', 'publication'], ['withdraw'], ['pause'], ['resume'], ['assign', 'assignment'], ['note', 'notes'], ['merge'], ['move']];

function First({ item, again }) {
    const [problem, set_problem] = useState(null);
    const can = (act) => item.may.includes(act);
    const press = () => post(`${api_of(item.complaint)}/press`).then(again, set_problem);
    const button = can('answer') ? html`<a class="button" href=${page_of(item.complaint, 'answer')}>${t('may_answer')}</a>`
        : can('reply') ? html`<a class="button" href=${page_of(item.complaint, 'reply')}>${t(item.state === 'closed_unsolved' ? 'may_reopen' : 'reply_button')}</a>`
        : can('press') ? html`<button class="button" type="button" onClick=${press}>${t('may_press')}</button>` : null;
    if (!button) return null;
    return html`<div class="acts noprint">${button}</div><${Failed} problem=${problem} kept=${false} />`;
}

const Files = ({ item }) => item.evidence.length > 0 && html`<section class="section"><div class="head"><h2>${t('files')}</h2></div>
    <ul class="plainlist">${item.evidence.filter((file) => file.whole).map((file) => html`<li key=${file.evidence}>
        <a href=${`${api_of(item.complaint)}/evidence/${encodeURIComponent(file.evidence)}`} download=${file.name ?? ''}>${file.name ?? `${t('files')} ${file.evidence}`}</a>
        ${' '}<span class="small quiet">${file.type}, ${bytes(file.bytes)}</span></li>`)}</ul></section>`;

const Staff = ({ item, now }) => html`<section class="mt6"><h2 class="side">${t('staff_notes')}</h2>
    <dl class="pairs"><div><dt>${t('staff_assigned')}</dt><dd>${item.assigned ?? t('staff_unassigned')}</dd></div>
        ${item.subscriber && html`<div><dt>${t('staff_number')}</dt><dd>${item.subscriber}</dd></div>`}</dl>
    ${item.notes?.length ? html`<ul class="plainlist">${item.notes.map((note) => html`<li key=${note.time + note.account}>
        <span class="small quiet">${moment(note.time, now)} ${note.account}</span><p class="written">${note.text ?? t('sealed')}</p></li>`)}</ul>`
    : html`<p class="small quiet mt2">${t('staff_notes_none')}</p>`}</section>`;

function Whole({ item }) {
    if (!item.text || item.text.trim() === headline(item)) return null;
    return html`<section class="section"><div class="head"><h2>${t('whole_text')}</h2></div><p class="written text">${item.text}</p></section>`;
}

export default function ComplaintCase({ params, session }) {
    const found = use_case(params.complaint);
    const is_person = session.role === 'subscriber' || session.role === 'public';
    const { now } = session;
    return html`<${WithCase} of=${found}>${(item) => html`
        <${Trail} complaint=${item.complaint} is_person=${is_person} />
        <h1>${headline(item)}</h1>
        <p class="meta"><span>${[item.operator_name, item.area_name].filter(Boolean).join(language === 'zh' ? '，' : ', ')}</span>
            ${item.category_name && html`<span>${capital(item.category_name)}</span>`}<span>${t('complaint_number', { id: item.complaint })}</span>
            <span>${t('filed')} ${day(item.filed, now)}</span><${At} position=${item.entry} to=${record_address(item)} /></p>
        ${!is_person && item.opened && html`<p class="small quiet mt2">${t('staff_read')}</p>`}
        <${StateLine} item=${item} is_person=${is_person} now=${now} />
        <${First} item=${item} again=${found.again} />
        <div class="cols section">
            <div><${Claims} item=${item} is_person=${is_person} now=${now} />
                <${Whole} item=${item} />
                <${Timeline} item=${item} is_person=${is_person} now=${now} />
                <${Files} item=${item} /></div>
            <div><${AppealBox} item=${item} is_person=${is_person} now=${now} />
                <${Clock} item=${item} now=${now} />
                ${item.responsible && html`<section class="mt6"><h2 class="side">${t('responsible')}</h2><p class="mt2">${item.responsible}</p>
                    ${item.pressed > 0 && html`<p class="small quiet">${t('pressed_times', { n: item.pressed })}</p>`}
                    ${item.joined > 0 && html`<p class="small quiet">${t('joined_times', { n: item.joined })}</p>`}</section>`}
                ${!is_person && html`<${Staff} item=${item} now=${now} />`}
                <section class="noprint mt6"><h2 class="side">${t('you_may')}</h2><ul class="plainlist">
                    ${links.filter(([act]) => item.may.includes(act)).map(([act, page]) => html`<li key=${act}><a href=${page_of(item.complaint, page ?? act)}>${t(`may_${act}`)}</a></li>`)}
                    ${item.publication?.agreed && html`<li><a href=${href(`/public/${item.complaint}`)}>${t('see_published')}</a></li>`}
                    <li><a href=${page_of(item.complaint, 'letters')}>${t('may_letters')}</a></li>
                    <li><button class="link" type="button" onClick=${() => print()}>${t('may_print')}</button></li></ul></section></div>
        </div>`}<//>`;
}
