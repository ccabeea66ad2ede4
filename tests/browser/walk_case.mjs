// A person files a complaint, the operator answers it claim by claim, the person disputes and appeals, the regulator decides.
import assert from 'node:assert/strict';
import { en, letters, run, settled, sign_in, until, zh } from './browser.mjs';

const NUMBER = '13800000421';
const written = '彩铃早报没经我确认就开通了，收了三个月，共18.00元。打过客服，说查不到记录。';

// The row of a case in the list of work, which is opened until it is there.
async function row_of(who, id) {
    const row = who.page.getByRole('row').filter({ hasText: id });
    const more = who.button(/^(其余.*件|再看一些|[\d,]+ more|Show more)$/);
    await who.page.getByRole('table').waitFor();
    for (await settled(who); !await row.count(); await settled(who)) await more.click();
    return row;
}

async function files(who) {
    const { page } = who;
    await who.open('/');
    await who.link('投诉', page.getByRole('main')).click();
    assert.match(await who.head(/哪家企业/), /哪里/);
    const next = who.button('下一步：说经过');
    await next.click();
    const summary = page.getByRole('alert');
    await summary.getByText('有2处要改').waitFor();
    await until(() => summary.evaluate((box) => box === document.activeElement), 'the summary of errors has the focus');
    await who.link('选一个地区', summary).click();
    await until(() => who.field('地区').evaluate((field) => field === document.activeElement), 'a link of the summary leads to its field');
    assert.equal(await who.field('地区').getAttribute('aria-invalid'), 'true');
    await who.radio('甲电信').check();
    await who.field('地区').selectOption({ label: '南京市' });
    await next.click();

    await who.head(/发生了什么/);
    await who.field('经过').fill(written);
    const category = who.group(/看起来是这一类/);
    await category.waitFor();
    const proposed = await category.getByRole('radio', { checked: true }).getAttribute('value');
    await who.button('下一步：说诉求').click();

    await who.head(/怎样解决/);
    await who.button('下一步：号码和材料').click();
    await page.getByRole('alert').getByText('至少选一项').waitFor();
    await page.getByRole('checkbox', { name: '退费' }).check();
    await who.field('金额').fill('18');
    await page.getByRole('checkbox', { name: '说明情况，给出记录' }).check();
    await who.button('下一步：号码和材料').click();

    await who.head(/哪个号码/);
    await who.field('手机号或宽带账号').fill('138000');
    await who.button('下一步：看一遍').click();
    await page.getByRole('alert').getByText('写11位号码，现在是6位').waitFor();
    await who.field('手机号或宽带账号').fill(NUMBER);
    await who.field('材料').setInputFiles({ name: '账单.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') });
    await who.button('下一步：看一遍').click();

    await who.head(/这样提交吗/);
    await who.sees(written, NUMBER, '账单.png', '甲电信、南京市', /退费 18\.00元/);
    await who.button('提交投诉').click();
    assert.match(await who.head(/已收到/), /^已收到，甲电信须在\d+年\d+月\d+日24:00前答复$/);
    await who.sees('已收下');
    const [id, code] = await page.locator('dd.code').allTextContents();
    return { id, code, proposed };
}

async function answers(who, id) {
    const row = await row_of(who, id);
    await who.link('逐项答复', row).click();
    await who.head(/逐项答复2项诉求/);
    await who.sees(written.split('。')[0]);
    await who.button('提交答复').click();
    await who.page.getByRole('alert').getByText('第1项：选同意、部分同意或不同意').waitFor();
    const claim = (n) => who.page.locator('section.form').nth(n - 1);
    await who.radio('部分同意', claim(1)).check();
    assert.equal(await who.field('退费或赔付', claim(1)).inputValue(), '18.00');
    await who.field('退费或赔付', claim(1)).fill('9');
    await who.field('怎么办的，或者为什么不同意', claim(1)).fill('最近两个月没有使用记录，退一半。');
    await who.radio(/^同意$/, claim(2)).check();
    await who.field('怎么办的，或者为什么不同意', claim(2)).fill('营业厅代办开通，记录附后。');
    await who.button('提交答复').click();
    await who.sees('等用户逐项认可或不认可', '企业部分同意，等用户回答');
}

async function follows(who, id, code) {
    await who.open('/complaints/follow');
    await who.field('受理号').fill(id);
    await who.field('查询码').fill('AAAAAAAA' === code ? 'BBBBBBBB' : 'AAAAAAAA');
    await who.button('查看').click();
    await who.page.getByRole('alert').waitFor();
    await who.expect_fault(/401/);
    await who.field('查询码').fill(code.toLowerCase());
    await who.button('查看').click();
    await who.head(/彩铃早报/);
    await who.sees('轮到你', '退赔9.00元', '营业厅代办开通，记录附后。', '账单.png');
}

async function disputes_and_appeals(who) {
    await who.link('逐项回答').click();
    await who.head(/认不认可/);
    const claim = (n) => who.page.locator('form section').nth(n - 1);
    await who.radio(/^不认可$/, claim(1)).check();
    await who.radio(/^认可$/, claim(2)).check();
    await who.field('为什么（可不填）').fill('三个月都没有确认过，应当全退。');
    await who.button('提交').click();
    await who.sees('轮到甲电信', '你不认可', /企业同意，你已认可/);
    await who.link('开始申诉').click();
    await who.head(/向通信管理局申诉/);
    await who.radio(/收费争议/).check();
    await who.field('为什么不满意，要管理局做什么').fill('没有我的确认，要求全额退还18.00元。');
    await who.button('提交申诉').click();
    await who.page.waitForURL(/\/appeals\//);
    await who.head(/^申诉：/);
    await who.sees('没有我的确认，要求全额退还18.00元。');
    return decodeURIComponent(new URL(who.page.url()).pathname.split('/').at(-1));
}

async function decides(who, appeal) {
    const row = await row_of(who, appeal);
    await who.link('决定是否受理', row).click();
    await who.head(/^申诉：/);
    await who.button('受理').click();
    await who.sees(/须在.*前办结/);
    await who.page.locator('summary', { hasText: '作出处理意见' }).click();
    await who.field('处理意见').fill('没有开通凭证，甲电信应退还18.00元。');
    await who.field('企业退费或赔付（没有就留空）').last().fill('18.00');
    await who.button('作出处理意见').click();
    await who.head(/^申诉：(?!.*(受理|办理))/);
    await who.sees('没有开通凭证，甲电信应退还18.00元。');
}

async function in_chinese({ spool, password }, come) {
    const author = await come(zh), operator = await come(zh), regulator = await come(zh);
    const { id, code, proposed } = await files(author);
    await sign_in(operator, 'jia', password);
    await answers(operator, id);
    const follower = await come(zh);
    await follows(follower, id, code);
    const appeal = await disputes_and_appeals(follower);
    await sign_in(regulator, 'regulator', password);
    await decides(regulator, appeal);
    await follower.open(`/complaints/${id}`);
    await follower.sees(/管理局已经作出处理意见/);
    await follower.link('看申诉').click();
    await follower.head(/^申诉：/);
    await follower.sees('没有开通凭证，甲电信应退还18.00元。', '退赔18.00元');
    // Texts to people go out by day only.
    const hour = (new Date().getUTCHours() + 8) % 24;
    const wanted = ['operator', 'regulator', ...(hour >= 8 && hour < 20 ? ['text'] : [])];
    const sent = await until(() => {
        const all = letters(spool).filter((letter) => letter.text.includes(id));
        return wanted.every((to) => all.some((letter) => letter.to === to)) && all;
    }, 'letters in the spool');
    return { id, appeal, proposed, sent };
}

async function in_english({ password }, come) {
    const author = await come(en), operator = await come(en);
    await author.open('/complaints/new');
    await author.head(/Which operator/);
    await author.radio('Operator A').check();
    await author.field('Area').selectOption({ index: 1 });
    await author.button('Next: what happened').click();
    await author.head(/What happened/);
    await author.field('What happened').fill('A ringtone service was put on my bill without my consent.');
    await author.button('Next: your claims').click();
    await author.page.getByRole('checkbox', { name: 'Money back' }).check();
    await author.button('Next: number and evidence').click();
    await author.field('Mobile number or broadband account').fill('13800000422');
    await author.button('Next: a last look').click();
    await author.head(/Send it like this/);
    await author.button('Send the complaint').click();
    assert.match(await author.head(/Received/), /must answer before \d+ \w{3} \d{4}, 24:00$/);
    const [id] = await author.page.locator('dd.code').allTextContents();
    await sign_in(operator, 'jia', password);
    const row = await row_of(operator, id);
    await operator.link('Answer claim by claim', row).click();
    await operator.head(/Answer the claim/);
    await operator.radio('Refuse').check();
    await operator.field('What was done, or why it is refused').fill('It was ordered by text message.');
    await operator.button('Send the answer').click();
    await operator.sees('The operator has closed it, but did not agree to a claim.');
    await author.link('See this complaint').click();
    await author.head(/A ringtone service/);
    await author.sees('It was ordered by text message.', 'Closed, not solved');
    await author.link('Answer it, or reopen the case').click();
    await author.head(/Do you accept the answer/);
    await author.radio('Dispute').check();
    await author.button('Send').click();
    await author.sees(/must answer again before/);
    return { id };
}

await run(async (settings, come) => ({ chinese: await in_chinese(settings, come), english: await in_english(settings, come) }));
