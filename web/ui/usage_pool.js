// A pool: what is left, its bar against the days, when it will run out.
import { html } from '/htm/preact/standalone.module.js';
import { capital, pick, words } from '/ui/language.js';
import { day, money } from '/ui/format.js';
import { amount, cap_of, pool_name, service_of } from '/ui/usage_units.js';
import usage_words from '/words/usage.js';

const t = words(usage_words);

// The share of the cycle that is over, in whole percents.
export function share_gone({ cycle, today }) {
    const [year, month] = cycle.split('-').map(Number), days = new Date(Date.UTC(year, month, 0)).getUTCDate();
    return today.slice(0, 7) === cycle ? Math.round((Number(today.slice(8)) - 0.5) / days * 100) : 100;
}

function Says({ pool, today }) {
    const service = service_of(pool.pool), { forecast } = pool;
    if (pool.left === null) return null;
    if (!pool.left) return html`<p class="says"><b class="late">${t(today.is_now ? 'all_used' : 'was_used')}</b></p>`;
    if (!forecast) return today.is_now && pool.used ? html`<p class="says quiet">${t('unsure')}</p>` : null;
    if (forecast.enough) return html`<p class="says"><b class="met">${t('enough')}</b>${t('by_end', { used: amount(service, forecast.by_end, pool.quantity) })}</p>`;
    return html`<p class="says"><b class="soon">${t('out', { day: day(forecast.day, today.day) })}</b>${forecast.soonest !== forecast.latest
        && t('out_range', { soonest: day(forecast.soonest, today.day), latest: day(forecast.latest, today.day) })} ${t('then')}</p>`;
}

export function Pool({ pool, usage }) {
    const service = service_of(pool.pool), gone = share_gone(usage), is_now = usage.today.slice(0, 7) === usage.cycle;
    const used = pool.quantity ? Math.min(100, Math.round(pool.used / pool.quantity * 100)) : 0;
    const given = pool.from.filter(({ given: each }) => each !== null);
    return html`<article class="pool"><div class="top"><h3>${capital(pool_name(pool.pool))}</h3>
            <p class="left">${pool.left === null ? t('unlimited') : html`${t('left')} <b>${amount(service, pool.left, pool.quantity)}</b>`}</p></div>
        ${pool.quantity !== null && html`<div class=${`meter${used > gone ? ' near' : ''}`} style=${{ '--used': used, '--now': gone }} role="img"
                aria-label=${t('bar_says', { used, now: gone })}><i></i>${is_now && html`<u></u>`}</div>
            <p class="scale" style=${{ '--now': gone }}><span class="from">${t('used_is', { used: amount(service, pool.used, pool.quantity) })}</span>
                ${is_now && gone > 25 && gone < 65 && html`<span>${t('today')}</span>`}<span class="to">${t('total_is', { total: amount(service, pool.quantity) })}</span></p>`}
        <${Says} pool=${pool} today=${{ is_now, day: usage.today }} />
        <p class="small quiet">${given.map(({ name, given: each, expires }) => t(given.length > 1 ? 'from_expires' : 'from_one',
            { name, given: amount(service, each), day: day(expires, usage.today) }) + ' ')}${given.length > 1 && t('first_expiring')}</p></article>`;
}

// Charges beyond what is included; those for data against the cap.
export function Over({ usage }) {
    const { services } = usage, is_now = usage.today.slice(0, 7) === usage.cycle, charge = services.reduce((sum, each) => sum + Number(each.charge), 0), over = services.filter((each) => each.over);
    const cap = cap_of(usage.levels), of_data = services.find(({ service }) => service === 'data')?.charge ?? '0';
    const says = cap && t(cap.is_own ? 'own_cap_is' : 'cap_is', { sum: money(cap.sum) }), is_reached = cap && Number(of_data) >= Number(cap.sum) && Number(of_data) > 0;
    return html`<article class="pool"><div class="top"><h3>${t('over_title')}</h3><p class="left"><b>${money(charge)}</b></p></div>
        <p class="scale"><span class="from">${over.length ? over.map(({ service, over: n }) => t(`over_${service}`, { n: amount(service, n) })).join(pick({ zh: '，', en: ', ' }))
            : t('no_over')}</span></p>
        ${cap && html`<div class="meter" style=${{ '--used': Number(cap.sum) ? Math.min(100, Math.round(Number(of_data) / Number(cap.sum) * 100)) : 100, '--now': 100 }} role="img"
            aria-label=${`${t('cap_at', { sum: money(of_data) })}, ${says}`}><i></i></div>
            <p class="scale"><span class="from">${t('cap_at', { sum: money(of_data) })}</span><span class="to">${says}</span></p>
            <p class="says">${is_reached ? html`<b class="late">${t('cap_reached')}</b>` : is_now && t('cap_says', { sum: money(cap.sum) })}</p>`}</article>`;
}
