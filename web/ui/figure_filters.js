// Which part of the province a figure is of: operator, area, category; all in the address.
import { html, useState } from '/htm/preact/standalone.module.js';
import { Select } from '/ui/field.js';
import { inner_areas } from '/ui/names.js';

const names = ['operator', 'area', 'category', 'period'];
export const filters_of = (query) => Object.fromEntries(names.map((name) => [name, query.get(name)]).filter(([, value]) => value));
export const asked = (filters) => {
    const text = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
    return text && '?' + text;
};

// more: further [name, label, options].
export function FigureFilters({ filters, session, t, path, go, more = [] }) {
    const [chosen, set_chosen] = useState(filters);
    const choices = [
        ['operator', t('whose'), [['', t('everybody')], ...session.operators.map(({ operator, name }) => [operator, name])]],
        ['area', t('where'), [['', t('whole')], ...inner_areas(session).map(({ area, name }) => [area, name])]],
        ...more,
    ];
    const show = (event) => { event.preventDefault(); go(path + asked(chosen)); };
    return html`<form class="filters noprint" onSubmit=${show}>
        ${choices.map(([name, label, options]) => html`<${Select} key=${name} id=${'filter-' + name} label=${label} options=${options} value=${chosen[name] ?? ''}
            onValue=${(value) => set_chosen({ ...chosen, [name]: value })} />`)}
        <button class="button plain">${t('show')}</button></form>`;
}
