// The accounts, for the administrator; they are made with a command, never from a page.
import { html } from '/htm/preact/standalone.module.js';
import { moment, number } from '/ui/format.js';
import { get, use_data } from '/ui/api.js';
import { Empty, With } from '/ui/state.js';
import { Downloads, Table } from '/ui/table.js';
import { operator_name } from '/ui/names.js';
import words from '/words/account.js';

export { words };

export default function Accounts({ session, t }) {
    const accounts = use_data(() => get('/api/accounts', { limit: 500 }), []);
    const items = accounts.data?.items ?? [];
    const name = (row) => row.account ?? row.name;
    return html`<h1>${accounts.data ? (items.length ? t('accounts_head', { n: number(items.length) }) : t('none_accounts')) : t('accounts')}</h1>
        <div class="section"><${With} of=${accounts}>${() => (items.length ? html`<${Table} stack rows=${items} row_key=${name} columns=${[
        { name: t('account'), head: true, cell: name }, { name: t('role'), cell: (row) => t('r_' + row.role) },
        { name: t('operator'), cell: (row) => (row.operator ? operator_name(session, row) : '—') },
        ...(items.some(({ made }) => made) ? [{ name: t('made'), cell: (row) => (row.made ? moment(row.made) : '—') }] : []),
        ...(items.some(({ last }) => last) ? [{ name: t('last'), cell: (row) => (row.last ? moment(row.last) : '—') }] : []),
    ]} /><${Downloads} path="/api/accounts" />` : html`<${Empty} title=${t('none_accounts')} says=${t('none_accounts_says')} />`)}<//></div>
        <section class="section prose"><div class="head"><h2>${t('add')}</h2></div><p>${t('add_says')}</p><pre>mingbai user add NAME --role regulator${'\n'}mingbai user add NAME --role operator --operator CODE</pre>
            <h2>${t('token')}</h2><p>${t('token_says')}</p><pre>mingbai token NAME --days 90</pre></section>`;
}
