// What a complaint can be about, with what is complained about most first.
import { pick } from '/ui/language.js';

const names = {
    unordered_service: ['未经同意开通业务', 'Service started without consent'], wrong_charge: ['扣费错误', 'Wrong charge'],
    unclear_prices: ['资费不清', 'Unclear prices'], late_reminder: ['提醒不及时', 'Late reminder'], forced_bundling: ['强制捆绑', 'Forced bundling'],
    unfair_terms: ['霸王条款', 'Unfair terms'], coverage: ['信号覆盖', 'Signal coverage'], broadband_speed: ['宽带网速', 'Broadband speed'],
    broadband_price: ['宽带资费', 'Broadband price'], spam: ['垃圾短信', 'Spam messages'], harassing_calls: ['骚扰电话', 'Harassing calls'],
    hall: ['营业厅', 'Business hall'], hotline: ['客服热线', 'Customer hotline'], online_hall: ['网上营业厅', 'Online hall'], other: ['其他', 'Other'],
};
const none = ['没有写类别', 'No category told'];

export const categories = Object.keys(names);
export function category_name(category) {
    const [zh, en] = category ? names[category] ?? [category, category] : none;
    return pick({ zh, en });
}
