// How to complain and appeal, in plain words; the limits themselves are on the page of rules.
import { html } from '/htm/preact/standalone.module.js';
import { href, pick } from '/ui/language.js';

const zh = () => html`<h1>先向企业投诉，不满意再申诉</h1><p class="lede">投诉由企业答复，申诉由通信管理局处理。每一步都写明轮到谁、到哪一刻为止。</p>
    <div class="prose section"><h2>投诉</h2><p><a href=${href('/complaints/new')}>写投诉</a>大约两分钟：说清是哪家企业、发生了什么、想怎样解决。截图、账单可以一起传，每个不超过10 MB。</p>
    <p>提交以后得到一个受理号和一个查询码。把它们记下来：用它们，或者用手机号和验证码，随时看进展。</p>
    <h2>企业怎样答复</h2><p>企业要在期限内，对每一项诉求分别答复：同意、部分同意，还是不同意。退钱的，写明多少。期限从提交的第二天数起，最后一天的24:00为止；在等你补材料的时候停表。现在的期限见<a href=${href('/rules')}>规则与限值</a>，你的投诉页上写着到哪一天。</p>
    <h2>你对答复怎么看</h2><p>逐项认可或者不认可。有一项不认可，期限重新计算，企业要再答复一次。没有解决就是没有解决：状态会写“已办结，未解决”，而不是“已办结”。</p>
    <h2>过期没有答复</h2><p>你的投诉页上会出现一个催办的按钮，而且从那天起可以申诉。逾期会自动记为企业的违反。</p>
    <h2>申诉</h2><p>企业答复了你不满意，或者过了期限没有答复，可以向管理局申诉。还不能申诉的时候，页面写明从哪天起可以。收费的争议和别的争议，最后的期限不一样。管理局先决定是否受理，再调解或者作出决定；不受理要写明理由。</p>
    <h2>别人也遇到同样的事</h2><p>你同意的话，去掉个人信息以后公开你的投诉，别人可以加入。公开不公开，都不影响处理。</p></div>`;

const en = () => html`<h1>Complain to the operator first, then appeal</h1><p class="lede">The operator answers a complaint; the regulator handles an appeal. Each step says whose turn it is and until when.</p>
    <div class="prose section"><h2>Complaining</h2><p><a href=${href('/complaints/new')}>Filing</a> takes about two minutes: which operator, what happened, what you want. Screenshots and bills can be attached, up to 10 MB each.</p>
    <p>You get a receipt number and a code. Keep them: with these, or with your number and a code sent to it, you can look at any time.</p>
    <h2>How the operator answers</h2><p>Within the limit, each thing you ask for gets its own answer: agreed, partly, or refused; and how much money comes back. The days count from the one after filing, until 24:00 of the last; while you are asked for more, the clock stands. The present limits are under <a href=${href('/rules')}>Duties and limits</a>; the page of your complaint names the day.</p>
    <h2>What you say to it</h2><p>Accept or dispute each answer. If you dispute one, the time runs afresh and the operator has to answer again. What is not solved is not called solved: the state then says “closed, not solved”.</p>
    <h2>When the time has passed</h2><p>A button to press the answer appears on your complaint, and from that day you may appeal. The delay is recorded against the operator by itself.</p>
    <h2>Appealing</h2><p>If the answer does not satisfy you, or none came in time, you may appeal to the regulator. Where it is too early, the page names the day. Disputes over charges and others have different last days. The regulator first decides whether to accept, then mediates or decides; a refusal states its reason.</p>
    <h2>When others have the same trouble</h2><p>If you agree, your complaint is published without personal data and others may join it. Whether it is published changes nothing in how it is handled.</p></div>`;

export default () => pick({ zh, en })();
