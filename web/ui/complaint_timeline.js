// What happened, and what is to come: filled and hollow.
import { html } from '/htm/preact/standalone.module.js';
import { language, words } from '/ui/language.js';
import { day, end, moment, money } from '/ui/format.js';
import { At, record_address } from '/ui/at.js';
import { first_day } from '/ui/complaint_clock.js';
import complaint_words from '/words/complaint.js';

const t = words(complaint_words);
const has = (key) => key in complaint_words[language];

// "你提交投诉" for the one whose case it is; else the words of the kind.
function happened(event, item, is_person) {
    const who = t(is_person ? 'you' : 'person');
    return has(`did_${event.event}`)
        ? t(`did_${event.event}`, { who, Who: who[0].toUpperCase() + who.slice(1), operator: item.operator_name })
        : event.says;
}

// What it did to the clock: the day of an answer, or from when a limit is counted.
function counted(event, item, now) {
    const runs = item.runs ?? [];
    const stopped = event.event === 'answered' && runs.find((run) => run.end === 'answered' && day(run.stop) === day(event.time));
    if (stopped?.day === 0) return t('counted_first');
    if (stopped) return t(stopped.late ? 'counted_late' : 'counted_in', { n: stopped.day });
    const started = runs.find((run) => run.start === event.time);
    return started?.due ? t('counted_from', { from: day(first_day(started), now), limit: started.limit_says, due: end(started.due, now) }) : null;
}

function Past({ event, item, is_person, now }) {
    const clock = counted(event, item, now);
    return html`<li><time datetime=${event.time}>${moment(event.time, now)}</time>
        <h3>${happened(event, item, is_person)}</h3>
        ${clock && html`<p>${clock}</p>`}
        ${event.amount && html`<p>${t('pays', { amount: money(event.amount) })}</p>`}
        ${event.event === 'moved' && html`<p>${t('moved_to', { operator: event.operator_name })}</p>`}
        ${event.into && html`<p>${t('merged_into', { id: event.into })}</p>`}
        ${event.reason && html`<p class="written">${event.reason}</p>`}
        ${event.text && event.event !== 'filed' && html`<p class="written">${event.text}</p>`}
        ${event.entry && html`<p><${At} position=${event.entry} to=${record_address(event)} /></p>`}</li>`;
}

export function Timeline({ item, is_person, now }) {
    return html`<section class="section"><div class="head"><h2>${t('what_happened')}</h2></div>
        <ol class="timeline">
            ${item.timeline.map((event, i) => html`<${Past} key=${i} event=${event} item=${item} is_person=${is_person} now=${now} />`)}
            ${item.ahead.map((event) => html`<li class="next" key=${event.event}><time datetime=${event.time}>${end(event.time, now)}</time>
                <h3>${has(`will_${event.event}`) ? t(`will_${event.event}`) : event.event}</h3>${event.says && html`<p>${event.says}</p>`}</li>`)}
        </ol></section>`;
}
