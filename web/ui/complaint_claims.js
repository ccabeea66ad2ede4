// What the person asks for, claim by claim, with the operator's answers and the person's yes or no.
import { html } from '/htm/preact/standalone.module.js';
import { capital, language, words } from '/ui/language.js';
import { day, money } from '/ui/format.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);

export const asks = (claim) =>
    claim.amount ? t('asks_amount', { asks: capital(claim.asks_name), amount: money(claim.amount) }) : capital(claim.asks_name);

// A verdict in words, and its colour.
function verdict(claim, is_person) {
    const who = is_person ? 'you' : 'person';
    if (!claim.verdict) return [t('no_answer'), 'quiet'];
    if (claim.person === 'disputed') return [t(`disputed_${who}`), 'late'];
    const parts = [t(claim.verdict), t(claim.person === 'accepted' ? `accepted_${who}` : `wait_${who}`)];
    return [parts.join(language === 'zh' ? '，' : ', '), claim.person === 'accepted' || claim.verdict === 'agreed' ? 'met' : 'soon'];
}

// A text that may be sealed: null before the case is opened.
export const Said = ({ text, is_opened, none }) =>
    text ? html`<p class="written">${text}</p>` : html`<p class="quiet">${is_opened ? none ?? t('nothing_written') : t('sealed')}</p>`;

export const Answer = ({ answer, is_opened }) => html`<div>
    ${answer.amount && html`<p>${t('pays', { amount: money(answer.amount) })}</p>`}
    <${Said} text=${answer.text} is_opened=${is_opened} none=${answer.event_name} /></div>`;

// A claim's history holds the operator's answers and the person's yes or no.
export const answers_of = (claim) => claim.answers.filter((each) => ['agreed', 'partly', 'refused'].includes(each.event));

export function Claim({ claim, item, is_person, now }) {
    const [words_of_it, look] = verdict(claim, is_person);
    const answers = answers_of(claim);
    const latest = answers.at(-1);
    const before = claim.answers.slice(0, claim.answers.indexOf(latest));
    return html`<article class="claim">
        <header><h3>${claim.claim}. ${asks(claim)}</h3><p class=${`verdict ${look}`}>${words_of_it}</p></header>
        <div class="said">
            <div><h4>${t(is_person ? 'said_you' : 'said_person')}</h4><${Said} text=${claim.text} is_opened=${item.opened} /></div>
            ${latest && html`<div><h4>${t('said_operator', { operator: item.operator_name })}</h4>
                <${Answer} answer=${latest} is_opened=${item.opened} /></div>`}
        </div>
        ${before.length > 0 && html`<details><summary>${t('said_before', { n: before.length })}</summary>
            ${before.map((answer) => html`<p class="small quiet mt2">${day(answer.time, now)} ${answer.event_name}</p>
                <${Answer} answer=${answer} is_opened=${item.opened} />`)}</details>`}
    </article>`;
}

export function Claims({ item, is_person, now }) {
    const run = item.runs.filter((each) => each.end === 'answered').at(-1);
    const is_answered = item.claims.some((claim) => claim.verdict);
    if (!item.claims.length)
        return html`<section><div class="head"><h2>${t('claims_none')}</h2></div><p>${t('claims_none_do')}</p></section>`;
    return html`<section>
        <div class="head"><h2>${t(is_answered ? 'claims_answered' : 'claims_waiting', { n: item.claims.length })}</h2>
            ${run && html`<p>${t(run.day ? 'answered_on' : 'answered_first', { day: day(run.stop, now), n: run.day })}</p>`}</div>
        ${item.claims.map((claim) => html`<${Claim} key=${claim.claim} claim=${claim} item=${item} is_person=${is_person} now=${now} />`)}
    </section>`;
}
