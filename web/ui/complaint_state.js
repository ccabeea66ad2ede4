// Whose turn it is, and by when: as a chip in a list, and as the state line of a case.
import { html } from '/htm/preact/standalone.module.js';
import { language, words } from '/ui/language.js';
import { day, end } from '/ui/format.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);

// What is left of a limit, in words.
export const left = ({ overdue, days_left }) =>
    overdue ? t('late_days', { n: Math.max(1, Math.abs(days_left)) }) : days_left === 0 ? t('today') : t('days_left', { n: days_left });

// How each state of a case looks as a chip.
const looks = {
    waiting_operator: 'you', waiting_person: 'you', paused: 'later', solved: 'done', closed_unsolved: 'today', withdrawn: 'later',
    merged: 'later', appeal_waiting: 'you', appeal_open: 'you', decided: 'done',
};

function turn(item, is_person) {
    if (item.state === 'waiting_operator') return t('turn', { whom: item.operator_name });
    if (item.state === 'waiting_person') return is_person ? t('turn_person_own') : t('turn', { whom: t('person') });
    if (item.state === 'paused') return t('paused_short');
    if (item.state === 'appeal_waiting' || item.state === 'appeal_open') return t('turn', { whom: t('regulator') });
    return item.state_says;
}

export const StateChip = ({ item, is_person }) =>
    html`<span class=${`chip ${item.state === 'waiting_operator' && item.overdue ? 'late' : looks[item.state] ?? 'later'}`}>${turn(item, is_person)}</span>`;

// The sentence beside the chip.
function sentence(item, is_person, now) {
    const due = item.due ? { day: end(item.due, now), left: left(item) } : null;
    switch (item.state) {
    case 'waiting_operator':
        if (!due) return item.state_says;
        if (item.overdue) return html`${t('should_have_answered', due)} ${left(item)}${language === 'zh' ? '。' : '.'}`;
        return t(item.runs?.length > 1 ? 'must_answer_again' : 'must_answer', due);
    case 'waiting_person': return t(is_person ? 'must_reply' : 'waits_for_person');
    case 'paused': return t(is_person ? 'paused_says' : 'paused_says_other');
    case 'closed_unsolved': return html`${t('closed_says')}${is_person && item.may?.includes('reply') && html` ${t('closed_reopen')}`}`;
    case 'solved': return t(is_person ? 'solved_says' : 'solved_says_other');
    case 'withdrawn': return t('withdrawn_says');
    case 'merged': return t('merged_says');
    case 'appeal_waiting': return due ? t('appeal_waiting_says', due) : item.state_says;
    case 'appeal_open': return due ? t('appeal_open_says', due) : item.state_says;
    case 'decided': return t('decided_says');
    default: return item.state_says;
    }
}

// The line under the head of a case: who must act by when; and from when until when an appeal is possible.
export function StateLine({ item, is_person, now }) {
    const { possible, from, until } = item.appeal ?? {};
    const is_ahead = !possible && from && Date.parse(from) > Date.parse(now);
    return html`<div class="state-line section mt5">
        <p><${StateChip} item=${item} is_person=${is_person} /><span>${sentence(item, is_person, now)}
            ${item.provisional && html` <small class="quiet">${t('provisional')}</small>`}</span></p>
        ${possible && until ? html`<p><span class="chip done">${t('appeal_can')}</span>
            <span>${t('appeal_span', { from: day(from ?? item.filed, now), until: end(until, now) })}</span></p>`
        : is_ahead ? html`<p><span class="chip later">${t('appeal_later')}</span><span>${t('appeal_from', { day: day(from, now) })}</span></p>` : null}
    </div>`;
}
