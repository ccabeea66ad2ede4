// One's own complaints, by whose turn it is.
import { html } from '/htm/preact/standalone.module.js';
import { capital, href, language, words } from '/ui/language.js';
import { day } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, Failed, Loading } from '/ui/state.js';
import { More, Table } from '/ui/table.js';
import { Deadline } from '/ui/deadline.js';
import { StateChip } from '/ui/complaint_state.js';
import { page_of } from '/ui/complaint_open.js';
import list_words from '/words/complaint_list.js';

const t = words(list_words);
const order = ['person', 'operator', 'regulator', 'nobody'];
// A case that was closed unsolved can be reopened: that is the person's to do, too.
const place = (item) => (item.state === 'closed_unsolved' ? 0 : order.indexOf(item.turn));

export const use_mine = () => use_data(() => get('/api/complaints', { limit: 50 }), []);

export function mine_head(items) {
    const yours = items.filter((item) => place(item) === 0).length;
    const others = items.filter((item) => ['operator', 'regulator'].includes(item.turn)).length;
    if (!items.length) return t('mine_none');
    return yours ? t('mine_head', { yours, others }) : others ? t('mine_head_others', { others }) : t('mine_head_closed', { n: items.length });
}

export function Mine({ of, session }) {
    const { now } = session;
    if (of.problem) return html`<${Failed} problem=${of.problem} again=${of.again} />`;
    if (!of.data) return html`<${Loading} />`;
    if (!of.data.items.length) return html`<${Empty} title=${t('mine_none')} says=${t('mine_none_says')} to=${href('/complaints/new')} act=${t('mine_none_act')} />`;
    return html`<${More} first=${of.data}>${(items) => html`<${Table} stack kind="work" row_key=${(item) => item.complaint}
        rows=${[...items].sort((one, other) => place(one) - place(other))} columns=${[
        { name: t('whose'), label: null, cell: (item) => html`<${StateChip} item=${item} is_person=${true} />` },
        { name: t('matter'), label: null, cell: (item) => html`<a class="what" href=${page_of(item.complaint)}>${capital(item.category_name ?? t('no_category'))}${language === 'zh' ? '，' : ', '}${item.operator_name}</a>
            <small>${item.complaint}</small>` },
        { name: t('deadline'), cell: (item) => (item.due ? html`<${Deadline} ...${item} beside now=${now} />` : '—') },
        { name: t('filed'), cell: (item) => day(item.filed, now) }]} />`}<//>`;
}
