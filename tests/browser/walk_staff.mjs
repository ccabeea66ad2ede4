// The regulator writes a limit from a day on and sees it; an administrator sees the accounts.
import assert from 'node:assert/strict';
import { run, sign_in, zh } from './browser.mjs';

const basis = '江苏省通信管理局公告（2030）第1号';

await run(async ({ password }, come) => {
    const regulator = await come(zh), administrator = await come(zh), { page } = regulator;
    await sign_in(regulator, 'regulator', password);
    await regulator.link('规则', page.getByRole('navigation')).click();
    await regulator.head(/项义务/);
    await regulator.link('为这项义务写一行新的限值').first().click();
    await regulator.head(/从哪天起/);
    const duty = await regulator.field('义务').inputValue();
    await regulator.button('下一步：看一遍').click();
    await page.getByRole('alert').getByText('有3处要改').waitFor();
    await regulator.field('在哪里').selectOption({ label: '南京市' });
    await regulator.field('限值').fill('10');
    await regulator.field('从').fill('2030-01-01');
    await regulator.field('依据').fill(basis);
    await regulator.button('下一步：看一遍').click();
    await regulator.head('要写进账本的一行');
    await regulator.sees('南京市', basis, /2030年1月1日/);
    await regulator.button('写进账本').click();
    await regulator.head('写好了，从2030年1月1日起有效');
    await regulator.link('回到规则').click();
    const row = page.getByRole('row').filter({ hasText: basis });
    await row.waitFor();
    assert.match(await row.innerText(), /南京市[\s\S]*10[\s\S]*2030年1月1日[\s\S]*还没有生效/);

    await sign_in(administrator, 'administrator', password);
    await administrator.link('账号', administrator.page.getByRole('navigation')).click();
    await administrator.head('4个账号');
    assert.match(await administrator.page.getByRole('row').filter({ hasText: 'jia' }).innerText(), /企业[\s\S]*甲电信/);
    return { duty };
});
