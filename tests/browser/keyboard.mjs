// The form and the sign-in without a mouse; the skip link.
import assert from 'node:assert/strict';
import { run, until, zh } from './browser.mjs';

const is_focused = (locator) => locator.evaluate((element) => element === document.activeElement);

// Goes on with Tab until it is there.
async function tab_to({ page }, locator) {
    await locator.waitFor();
    for (let i = 0; i < 60; i++) {
        if (await is_focused(locator)) return;
        await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not reach ${locator}`);
}

async function type_into(who, name, text) {
    await tab_to(who, who.field(name));
    await who.page.keyboard.type(text);
}

async function press(who, name, key = 'Enter') {
    await tab_to(who, who.button(name));
    await who.page.keyboard.press(key);
}

async function skips(who) {
    await who.open('/');
    await who.page.keyboard.press('Tab');
    const skip = who.link('跳到正文');
    assert.ok(await is_focused(skip), 'the skip link is the first that Tab reaches');
    assert.ok((await skip.boundingBox()).y >= 0, 'it is seen when it has the focus');
    await who.page.keyboard.press('Enter');
    await until(() => is_focused(who.page.getByRole('main')), 'the content has the focus');
    await who.page.keyboard.press('Tab');
    assert.ok(await who.page.getByRole('main').evaluate((main) => main.contains(document.activeElement)));
}

async function signs_in(who, password) {
    await who.open('/signin?by=staff');
    await type_into(who, '账号', 'regulator');
    await type_into(who, '密码', password);
    await who.page.keyboard.press('Enter');
    await who.page.waitForURL(/\/work$/);
    await who.head(/期|没有要做的/);
}

async function files(who) {
    const { page } = who;
    await who.open('/complaints/new');
    await who.head(/哪家企业/);
    await press(who, '下一步：说经过');
    await until(() => is_focused(page.getByRole('alert')), 'the summary of errors has the focus');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(() => page.evaluate(() => document.activeElement.closest('#operator') !== null), 'its first link leads to the operators');
    await tab_to(who, page.getByRole('radio').first());
    await page.keyboard.press('Space');
    await tab_to(who, who.field('地区'));
    await page.keyboard.press('ArrowDown');
    await press(who, '下一步：说经过');
    await who.head(/发生了什么/);
    await until(() => is_focused(page.getByRole('heading', { level: 1 })), 'the next question has the focus');
    await type_into(who, '经过', '宽带断了三天，没有人来修。');
    await who.group(/看起来是这一类/).waitFor();
    await press(who, '下一步：说诉求', 'Space');
    await who.head(/怎样解决/);
    await tab_to(who, page.getByRole('checkbox', { name: '修好故障' }));
    await page.keyboard.press('Space');
    await press(who, '下一步：号码和材料');
    await who.head(/哪个号码/);
    await type_into(who, '手机号或宽带账号', '13800000431');
    await press(who, '下一步：看一遍');
    await who.head(/这样提交吗/);
    await press(who, '提交投诉');
    await who.head(/^已收到/);
}

await run(async ({ password }, come) => {
    await skips(await come(zh));
    await signs_in(await come(zh), password);
    await files(await come(zh));
});
