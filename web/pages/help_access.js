// Accessibility: what works, what is known not to.
import { html } from '/htm/preact/standalone.module.js';
import { pick } from '/ui/language.js';

const zh = () => html`<h1>键盘、读屏、放大，每一页都能用</h1><p class="lede">按WCAG 2.1的AA级做。有哪里用不了，请告诉管理局，我们改。</p>
    <div class="prose section"><ul><li>键盘：所有能点的都能用Tab走到，看得见焦点在哪里；第一个Tab是“跳到正文”。</li><li>读屏：每一页先读标题，标题就是结论；换页、出错、结果更新都会读出来；图都有文字，旁边有表。</li>
    <li>颜色：状态都写成词，颜色只是重复它；浅色、深色的文字对比度都不低于4.5。</li><li>放大：放到400%不用左右滚动；宽的表单独滚动，可以用键盘。</li><li>动：没有自己会动的东西，也没有限时消失的提示。</li><li>打印：每一页都能印在纸上，黑白也读得懂。</li></ul>
    <h2>还做不到的</h2><p>页面需要JavaScript。没有它的时候，数据可以从接口取。</p></div>`;

const en = () => html`<h1>Keyboard, screen reader, magnifier: every page works</h1><p class="lede">Built to WCAG 2.1, level AA. If something does not work for you, tell the regulator and it will be changed.</p>
    <div class="prose section"><ul><li>Keyboard: all that can be clicked is reached with Tab, and the focus is always seen; the first Tab is “Skip to content”.</li><li>Screen readers: a page begins with its heading, which is the answer; new pages, errors and results are announced; charts have words and a table beside them.</li>
    <li>Colour: every state is a word, which colour only repeats; text has a contrast of at least 4.5 in both themes.</li><li>Magnified: at 400% nothing needs sideways scrolling, except wide tables, which scroll by keyboard.</li><li>Motion: nothing moves by itself, and nothing disappears after a time.</li><li>Paper: every page prints, and reads in black and white.</li></ul>
    <h2>What does not work yet</h2><p>The pages need JavaScript. Without it the data can be had from the API.</p></div>`;

export default () => pick({ zh, en })();
