// A person signs in with their number, sees what is left, the records and the bill, and sets levels and a cap of their own; the operator
// looks at the same number and at its reminders; the regulator at everybody's.
import assert from 'node:assert/strict';
import { en, letters, run, settled, sign_in, until, zh } from './browser.mjs';

await run(async ({ number, password, spool }, come) => {
    const person = await come(zh), { page } = person;
    await person.open('/usage');
    await person.link('登录', page.getByRole('main')).click();
    await person.field('手机号').fill(number);
    await person.button('发验证码').click();
    const code = await until(() => letters(spool).findLast((letter) => letter.number === number && letter.key.startsWith('code'))?.text.match(/\d{6}/)?.[0], 'the code');
    await person.field('验证码').fill(code);
    await person.button('登录').click();
    await person.head(/用/);
    await person.sees(/还剩/, '超出费用', '提醒', '这个月的用量', '接下来'); // a sample's last month is shown as the present one
    await person.button('看每一条记录').click();
    await page.getByRole('row').nth(1).waitFor();
    const total = (await page.getByRole('heading', { name: /账单：[\d,.]+元/ }).textContent()).match(/[\d,]+\.\d\d/)[0];
    await page.getByText('改提醒和上限').click();
    await person.field(/用到百分之几/).fill('150');
    await person.button('保存').click();
    await page.getByRole('alert').waitFor();
    await person.expect_fault(/422/);
    await person.field(/用到百分之几/).fill('50, 90');
    await person.field(/上限（元）/).fill('20');
    await person.button('保存').click();
    await person.sees(/存好了/);
    await person.sees(/你自己设的上限20\.00元/);
    await person.open('/usage');
    await page.getByText('改提醒和上限').click();
    assert.equal(await person.field(/用到百分之几/).inputValue(), '50, 90');

    const clerk = await come(en);
    await sign_in(clerk, 'jia', password);
    await clerk.open('/usage');
    await clerk.field('Number').fill(number);
    await clerk.button('Look').click();
    await clerk.sees(new RegExp(total.replace('.', '\\.')));
    assert.equal(await clerk.page.getByText('Change reminders and cap').count(), 0); // that is the person's own
    await clerk.open('/usage');
    await clerk.link(/Reminders owed and sent/).click();
    await clerk.head(/reminders were due/);
    await clerk.sees('Faulty reminders', 'Share sent in time (%)');
    assert.equal(await clerk.page.getByText('Operator B').count(), 0); // only its own
    const own = await clerk.page.getByRole('row').count();

    const regulator = await come(zh);
    await sign_in(regulator, 'regulator', password);
    await regulator.open('/figures/usage.notice.in_time');
    await regulator.link('按月看应发与已发').click();
    await regulator.head(/应发提醒/);
    await regulator.sees('乙移动', '丙联通');
    assert.ok(await regulator.page.getByRole('row').count() > own);
    await regulator.field('哪家企业').selectOption('yi');
    await regulator.button('显示').click();
    await regulator.head(/^乙移动/);
    await settled(regulator);
    return { total };
});
