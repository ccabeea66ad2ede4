// The appeal to the regulator: possible, not yet (the day, in a quiet block), too late, refused, or there already.
import { html } from '/htm/preact/standalone.module.js';
import { href, words } from '/ui/language.js';
import { day, end } from '/ui/format.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);
const finished = ['solved', 'withdrawn', 'merged'];

export function AppealBox({ item, is_person, now }) {
    const { possible, from, until, reason } = item.appeal;
    const latest = item.appeals.at(-1);
    const there = latest && html`<section class="aside"><h2>${latest.state === 'refused' ? t('appeal_refused') : t('appeal_there', { state: latest.state_says })}</h2>
        <p>${t('appeal_filed_on', { day: day(latest.filed, now), number: latest.appeal })}</p>
        <p><a href=${href(`/appeals/${latest.appeal}`)}>${t('appeal_see')}</a></p></section>`;
    if (possible && is_person) {
        const is_answered = item.claims.some((claim) => claim.verdict) || item.runs.some((run) => run.end === 'answered');
        return html`${there}<section class=${`ask${there ? ' mt5' : ''}`}><h2>${t('appeal_title')}</h2>
            <p>${t(is_answered ? 'appeal_now_answered' : 'appeal_now_silent', { until: end(until, now) })}</p>
            <p>${t('appeal_how_long')}</p>
            ${is_answered && html`<p class="small quiet">${t('appeal_if_silent', { limit: item.limit_says })}</p>`}
            <div class="acts"><a class="button" href=${href(`/complaints/${item.complaint}/appeal`)}>${t('appeal_start')}</a></div></section>`;
    }
    if (there) return there;
    if (possible || finished.includes(item.state)) return null;
    if (from && Date.parse(from) > Date.parse(now))
        return html`<section class="aside"><h2>${t('appeal_from', { day: day(from, now) })}</h2>
            <p>${reason}</p>${is_person && html`<p>${t('appeal_from_told')}</p>`}</section>`;
    if (until && Date.parse(until) <= Date.parse(now))
        return html`<section class="aside"><h2>${t('appeal_over')}</h2><p>${reason ?? t('appeal_over_says', { day: end(until, now) })}</p></section>`;
    return html`<section class="aside"><h2>${t('appeal_not')}</h2><p>${reason}</p></section>`;
}
