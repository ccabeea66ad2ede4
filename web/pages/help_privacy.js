// How personal data is kept.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';

const zh = () => html`<h1>号码换成编号，写的话密封，谁看过都记下来</h1><p class="lede">账本公开能验证，里面没有人名、号码，也没有你写的话。</p>
    <div class="prose section"><h2>账本里有什么</h2><p>你的号码在进门的时候换成一个编号。编号按先后给，不是从号码算出来的，从它推不回号码。你写的话、理由、附件密封保存，账本里只有一个承诺值：将来能证明没有被改过，但看不出内容。</p>
    <h2>谁能看</h2><ul><li>公众：只看汇总的数，和本人同意公开、去掉个人信息的投诉。</li><li>你：自己的投诉，用受理号和查询码，或者手机号和验证码。</li><li>企业：向它提的投诉。转交以后，内容只有接手的企业能看。</li><li>管理局：全部，但看明文要写理由。</li></ul>
    <h2>看一次，记一次</h2><p>每次看到明文，都在账本里留下一条记录：谁、看了什么、为什么。</p>
    <h2>浏览器里留下什么</h2><p>登录以后有一个cookie，退出就没有了。主题的选择、没有写完的投诉存在你自己的浏览器里。没有统计，没有广告，不从别的网站取任何东西。</p>
    <p><a href=${href('/verify')}>怎样自己验证账本</a></p></div>`;

const en = () => html`<h1>Numbers become subjects, words are sealed, and every reading is recorded</h1><p class="lede">The ledger can be verified by all; it holds no names, no numbers, and nothing that you wrote.</p>
    <div class="prose section"><h2>What the ledger holds</h2><p>At the door your number becomes a subject: a count in the order of arrival, not derived from the number, and leading nowhere. What you write, reasons and attachments are sealed; the ledger has only a commitment, which can later prove that nothing was changed and shows nothing.</p>
    <h2>Who sees what</h2><ul><li>Everybody: totals, and complaints published with consent and without personal data.</li><li>You: your own complaints, by receipt and code or by number and code.</li><li>An operator: complaints made to it; once one has moved, only the operator that has it reads its words.</li><li>The regulator: all, but reading clear text takes a reason.</li></ul>
    <h2>Each reading is a record</h2><p>Whenever clear text is read, the ledger gets a record of who, what and why.</p>
    <h2>What stays in the browser</h2><p>A cookie while you are signed in. Your choice of theme and an unfinished complaint are kept in your own browser. No statistics, no advertising, nothing from other sites.</p>
    <p><a href=${href('/verify')}>How to verify the ledger yourself</a></p></div>`;

export default () => pick({ zh, en })();
