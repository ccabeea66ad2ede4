// A person signs in by number, publishes a complaint without personal data, another joins it, and it is withdrawn from the public.
import assert from 'node:assert/strict';
import { letters, run, until, zh } from './browser.mjs';

await run(async ({ complaint, number, spool }, come) => {
    const person = await come(zh), other = await come(zh);
    await person.open('/');
    await person.link('登录').click();
    await person.head('用手机号登录');
    await person.button('发验证码').click();
    await person.page.getByRole('alert').getByText('写11位手机号').waitFor();
    await person.field('手机号').fill(number);
    await person.button('发验证码').click();
    await person.field('验证码').waitFor();
    const sent = await until(() => letters(spool).find((letter) => letter.number === number && letter.key.startsWith('code')), 'a code in the spool');
    await person.field('验证码').fill(/\b\d{6}\b/.exec(sent.english)[0]);
    await person.button('登录').click();
    await person.head('1件在办，没有轮到你的');
    await person.page.getByRole('row').filter({ hasText: complaint }).getByRole('link').first().click();
    await person.head(/宽带每晚八点断/);
    await person.sees(new RegExp(number));

    await person.link('同意去掉个人信息后公开').click();
    await person.head('去掉个人信息后公开');
    const proposed = await until(() => person.field('公开的内容').inputValue(), 'the text proposed');
    assert.match(proposed, /宽带每晚八点断/);
    assert.ok(!proposed.includes(number), proposed);
    await person.button('同意这样公开').click();
    await person.page.getByRole('alert').getByText('写个标题').first().waitFor();
    await person.field('标题').fill('宽带每晚断线');
    await person.button('同意这样公开').click();
    await person.link('看公开的样子').waitFor();

    await other.open('/public/complaints');
    await other.link('宽带每晚断线').click();
    await other.head('宽带每晚断线');
    await other.sees('还没有人加入');
    assert.ok(!(await other.page.getByRole('main').innerText()).includes(number));
    await other.field('手机号（用号码登录的可不填）').fill('139');
    await other.button('加入').click();
    await other.page.getByRole('alert').getByText('写11位号码').waitFor();
    await other.field('手机号（用号码登录的可不填）').fill('13900000422');
    await other.field('你的情况（可不填，不公开）').fill('我家也这样。');
    await other.button('加入').click();
    await other.sees('已加入。', '1人遇到同样问题');

    await person.link('看公开的样子').click();
    await person.head('宽带每晚断线');
    await person.open(`/complaints/${complaint}/publication`);
    await person.button('不再公开').click();
    await person.link('同意去掉个人信息后公开').waitFor();
    await person.sees('另有1人遇到同样问题');
    await other.page.reload();
    await other.head('没有公开这件投诉');
    await other.expect_fault(/404/);
    await person.link(/退出/).click();
    await person.link('登录').waitFor();
});
