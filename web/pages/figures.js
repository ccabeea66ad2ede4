// All figures of a month, for the province, an operator, an area or a category; and how each is computed.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, pick } from '/ui/language.js';
import { long_month, period } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { Downloads } from '/ui/table.js';
import { At } from '/ui/at.js';
import { FigureCard, change, get_figures } from '/ui/figure.js';
import { FigureFilters, filters_of } from '/ui/figure_filters.js';
import words from '/words/figures.js';

export { words };

export default function Figures({ query, session, t, go }) {
    const filters = filters_of(query);
    const definitions = use_data(() => get('/api/figures/definitions'), []);
    const figures = use_data(() => get_figures({ by: 'period', ...filters }), [query.toString()]);
    const over = (figures.data?.items ?? []).filter((row) => figures.data.over(row.period));
    const months = [...new Set(over.map((row) => row.period))].sort().slice(-12), last = months.at(-1);
    const shown = (definitions.data?.items ?? []).map((definition) => ({
        definition, rows: over.filter((row) => row.figure === definition.figure && months.includes(row.period)),
    })).filter(({ rows }) => rows.length);
    const changes = shown.map(({ definition, rows }) => (change(rows.at(-1), rows.at(-2))?.sign ?? 0) * (definition.better === 'lower' ? -1 : 1));
    const is_here = figures.data && definitions.data;
    return html`<h1>${!is_here ? t('figures') : !last ? t('none')
        : t('head', { month: pick({ zh: period(last), en: long_month(last) }), n: shown.length, better: changes.filter((each) => each > 0).length, worse: changes.filter((each) => each < 0).length })}</h1>
        <p class="lede">${t('lede')}</p>
        <${FigureFilters} filters=${filters} session=${session} t=${t} path="/figures" go=${go} />
        <${With} of=${figures.data || figures.problem ? (definitions.data ? figures : definitions) : figures}>${() => (!last ? html`<div class="section"><${Empty} title=${t('none')} says=${t('none_says')} /></div>`
        : html`<section class="section"><header><h2>${t('values', { month: period(last) })}</h2></header>
            <div class="figures">${shown.map(({ definition, rows }) => html`<${FigureCard} key=${definition.figure} definition=${definition} rows=${rows} />`)}</div>
            <${Downloads} path="/api/figures" query=${{ by: 'period', ...filters }}><${At} position=${figures.data.items[0].position} /><//></section>
        <section class="section"><header><h2>${t('definitions')}</h2><p>${t('definitions_note')}</p></header>
            <dl class="pairs">${shown.map(({ definition }) => html`<div key=${definition.figure}><dt><a href=${href('/figures/' + definition.figure)}>${capital(definition.says)}</a></dt>
                <dd class="prose">${definition.definition} <span class="quiet">${t('better_' + definition.better)}</span></dd></div>`)}</dl></section>`)}<//>`;
}
