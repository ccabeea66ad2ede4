// Open data and the API.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';

const sample = () => `curl '${location.origin}/api/figures?by=operator,period&format=csv'`;

const zh = () => html`<h1>页面上的每个数，都有接口和文件</h1><p class="lede">页面用的就是这些接口，没有另外一套。公开的数不用登录。</p>
    <div class="prose section"><h2>从这里开始</h2><p>全部接口的说明：<a href="/api/openapi.json">openapi.json</a>。比如各企业每月的指标：</p><pre>${sample()}</pre>
    <h2>写法</h2><ul><li>回答是JSON；列表有items、next、position，next是下一页的地址。</li><li>加format=csv或者format=xlsx，得到全部行的文件。</li><li>时间是RFC 3339，+08:00；钱是写成文字的元，比如"18.00"。</li><li>出错按RFC 9457，有一个编号，问我们的时候报它。</li></ul>
    <h2>程序登录</h2><p>管理员用mingbai token发令牌，请求时带上：</p><pre>Authorization: Bearer mb_…</pre>
    <h2>账本</h2><p><a href="/checkpoint">检查点</a>、/tile下的哈希块、每条账目的证明，见<a href=${href('/verify')}>怎样自己验证</a>。</p></div>`;

const en = () => html`<h1>Every number here has an address and a file</h1><p class="lede">The pages use this API and no other. What is open to all needs no sign-in.</p>
    <div class="prose section"><h2>Begin here</h2><p>All routes: <a href="/api/openapi.json">openapi.json</a>. The figures of each operator by month, for instance:</p><pre>${sample()}</pre>
    <h2>How it speaks</h2><ul><li>Answers are JSON; lists have items, next and position, where next is the address of the next page.</li><li>With format=csv or format=xlsx you get all rows as a file.</li><li>Times are RFC 3339 with +08:00; money is yuan as text, as "18.00".</li><li>Errors follow RFC 9457 and carry a number to quote.</li></ul>
    <h2>Programs that sign in</h2><p>An administrator issues a token with mingbai token; send it along:</p><pre>Authorization: Bearer mb_…</pre>
    <h2>The ledger</h2><p>The <a href="/checkpoint">checkpoint</a>, hash tiles under /tile, and a proof for each entry: see <a href=${href('/verify')}>Verify it yourself</a>.</p></div>`;

export default () => pick({ zh, en })();
