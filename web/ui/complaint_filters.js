// The choice of which complaints a list shows, kept in its address. choices: [[name, label, options]].
import { html, useState } from '/htm/preact/standalone.module.js';
import { words } from '/ui/language.js';
import { Input, Select } from '/ui/field.js';
import { asked } from '/ui/figure_filters.js';
import list_words from '/words/complaint_list.js';

const t = words(list_words);

export const chosen_of = (query, names) => Object.fromEntries(names.map((name) => [name, query.get(name) ?? '']));

export function Filters({ chosen, choices, path, go, since }) {
    const [values, set_values] = useState(chosen);
    const [wrong, set_wrong] = useState(null);
    const set = (name) => (value) => set_values({ ...values, [name]: value });
    function show(event) {
        event.preventDefault();
        const is_day = !values.since?.trim() || /^\d{4}-\d\d-\d\d$/.test(values.since.trim());
        set_wrong(is_day ? null : t('fault_since'));
        if (is_day) go(path + asked(values));
    }
    return html`<form class="filters noprint" onSubmit=${show}>
        ${choices.map(([name, label, options]) => html`<${Select} key=${name} id=${`filter-${name}`} label=${label} options=${options} value=${values[name] ?? ''} onValue=${set(name)} />`)}
        ${since && html`<${Input} id="filter-since" label=${t('since')} wrong=${wrong} placeholder="2015-01-03" inputmode="numeric" value=${values.since ?? ''} onValue=${set('since')} />`}
        <button class="button plain">${t('show')}</button></form>`;
}
