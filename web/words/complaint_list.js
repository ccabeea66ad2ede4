// The words of lists of complaints: public, one's own, and the staff's.
const count = (one, many) => ({ n }) => (Number(n) === 1 ? one : many.replace('{n}', n));

export default {
    zh: {
        title: '投诉', file: '写投诉', file_says: '两分钟，企业须在期限内逐项答复', follow: '查看投诉', follow_says: '凭受理号和查询码', mine: '我的投诉', mine_says: '按轮到谁排',
        head: '{month}每百万用户投诉，{operators}', head_each: '{operator}{value}件', no_figures: '投诉', lede: '按企业和类别算，每个数都有区间。下面是本人同意公开的投诉，个人信息已经去掉。',
        by_category: '每百万用户投诉，按类别', by_category_note: '{month}，件，小字是95%区间', no_category: '没有写类别', comma: '，', source: '出处', cannot_tell: '区间有重叠的，先后说不准。',
        published: '公开的投诉', published_none: '还没有公开的投诉', published_none_says: '本人同意后，去掉个人信息的投诉会列在这里。', published_none_here: '没有这样的投诉，换个条件看看',
        joined: '{n}人遇到同样问题', show: '显示', any_operator: '全部企业', any_category: '全部类别', any_state: '全部状态', operator: '企业', category: '类别', state: '状态', since: '从哪天起提交',
        fault_since: '日期写作2015-01-03',
        // one's own
        mine_head: '{yours}件轮到你，{others}件等对方', mine_head_others: '{others}件在办，没有轮到你的', mine_head_closed: '{n}件投诉，都已了结', mine_none: '还没有投诉', mine_none_says: '你提交的投诉会列在这里，按谁该先做什么排。', mine_none_act: '写第一个投诉',
        mine_public: '先登录，才能看你的投诉', mine_public_says: '用号码登录；或者凭受理号和查询码看一件。', sign_in: '用号码登录',
        // the staff's
        staff_head: '投诉，新的在前', staff_head_some: '{what}的投诉', staff_none: '没有这样的投诉', staff_none_says: '换个条件看看。', matter: '事项', deadline: '期限', area: '地区', filed: '提交', whose: '轮到谁',
        waiting_operator: '轮到企业', waiting_person: '轮到用户', paused: '停表', solved: '已解决', closed_unsolved: '已办结，未解决', withdrawn: '已撤回', merged: '已合并', appeal_waiting: '已申诉，等待受理', appeal_open: '申诉办理中', decided: '申诉已办结',
        // following one
        follow_head: '凭受理号和查询码查看', follow_lede: '两个都在提交时的收据上，短信里也有受理号。', number: '受理号', number_hint: '像TS-3201-20161130-018427', code: '查询码', code_hint: '8位字母和数字，不分大小写', follow_verb: '查看', fault_number: '写受理号', fault_code: '写8位查询码',
        lost: '丢了查询码', lost_says: '用投诉时留的号码登录，就能看到全部投诉。',
        // work
        work_head: '已超期{late}件，今天到期{today}件', work_head_on_time: '没有超期的，今天到期{today}件', work_head_none: '没有要做的', work_none_says: '有投诉或申诉等你处理时，会按期限列在这里。',
        by_deadline: '按期限的工作', soon: '5天内还有{n}件到期，共{all}件', all: '全部{n}', answer: '答复{n}', accept: '受理{n}', decide: '决定{n}', unassigned: '未分派{n}', plain_all: '全部', plain_answer: '答复', plain_accept: '受理', plain_decide: '决定', plain_unassigned: '未分派',
        what_answer: '答复投诉：{category}', what_accept: '申诉受理：{category}', what_decide: '申诉决定：{category}', assigned: '经办', next: '下一步', nobody: '未分派', act_answer: '逐项答复', act_watch: '看投诉', act_accept: '决定是否受理', act_decide: '作出决定', act_see: '看申诉',
        pressed: '已催办{n}次', joined_short: '{n}人同样', rest: '其余{n}件', side: '该谁做', side_regulator: '管理局', side_operators: '企业', side_all: '全部', assigned_to: '经办', list_to_send: '全部未解决的，可以发给对方：', print: '打印', provisional: '期限待定',
        // a published one
        public_none: '没有公开这件投诉', public_none_says: '可能没有公开，也可能不再公开。', public_all: '公开的投诉', same: '你也遇到了？加入', same_says: '加入的人数企业和管理局都看得到。一个号码计一人，有进展会收到短信。', join_number: '手机号（用号码登录的可不填）', join_text: '你的情况（可不填，不公开）', join_verb: '加入', joined_now: '已加入。', joined_count: '{n}人遇到同样问题', joined_none: '还没有人加入', text_is: '本人同意公开的内容，个人信息已去掉', fault_join_number: '写11位号码',
    },
    en: {
        title: 'Complaints', file: 'File a complaint', file_says: 'Two minutes; the operator must answer each claim within the limit', follow: 'Follow a complaint', follow_says: 'With its receipt number and code', mine: 'My complaints', mine_says: 'By whose turn it is',
        head: 'Complaints per million users in {month}: {operators}', head_each: '{operator} {value}', no_figures: 'Complaints', lede: 'By operator and category, each with its interval. Below are complaints whose people agreed to show them, without personal data.',
        by_category: 'Complaints per million users, by category', by_category_note: '{month}; small: the 95% interval', no_category: 'No category told', comma: ', ', source: 'Source', cannot_tell: 'Where intervals overlap, the order is not known.',
        published: 'Published complaints', published_none: 'No complaint is published yet', published_none_says: 'Complaints are listed here, without personal data, once their people agree.', published_none_here: 'None like this: try another choice',
        joined: count('1 person with the same trouble', '{n} people with the same trouble'), show: 'Show', any_operator: 'All operators', any_category: 'All categories', any_state: 'All states', operator: 'Operator', category: 'Category', state: 'State', since: 'Filed since',
        fault_since: 'Write a day as 2015-01-03',
        mine_head: '{yours} waiting for you, {others} for others', mine_head_others: '{others} going on, none waiting for you', mine_head_closed: count('1 complaint, closed', '{n} complaints, all closed'), mine_none: 'No complaints yet', mine_none_says: 'What you file is listed here, by whose turn it is.', mine_none_act: 'File the first one',
        mine_public: 'Sign in to see your complaints', mine_public_says: 'With your number; or follow a single one with its receipt number and code.', sign_in: 'Sign in with your number',
        staff_head: 'Complaints, newest first', staff_head_some: 'Complaints: {what}', staff_none: 'No such complaints', staff_none_says: 'Try another choice.', matter: 'Matter', deadline: 'Deadline', area: 'Area', filed: 'Filed', whose: 'Whose turn',
        waiting_operator: 'the operator’s turn', waiting_person: 'the person’s turn', paused: 'clock stopped', solved: 'solved', closed_unsolved: 'closed, not solved', withdrawn: 'withdrawn', merged: 'merged', appeal_waiting: 'appealed', appeal_open: 'appeal being handled', decided: 'appeal closed',
        follow_head: 'Follow a complaint with its number and code', follow_lede: 'Both stand on the receipt you got; the number is in the text messages, too.', number: 'Receipt number', number_hint: 'such as TS-3201-20161130-018427', code: 'Code', code_hint: '8 letters and digits, capitals or not', follow_verb: 'Show it', fault_number: 'Write the receipt number', fault_code: 'Write the code of 8 letters and digits',
        lost: 'Lost the code?', lost_says: 'Sign in with the number you gave; all your complaints are there.',
        work_head: '{late} late, {today} due today', work_head_on_time: 'None late, {today} due today', work_head_none: 'Nothing to do', work_none_says: 'Complaints and appeals that wait for you are listed here, by deadline.',
        by_deadline: 'Work by deadline', soon: '{n} more due within 5 days, {all} in all', all: 'All {n}', answer: 'Answer {n}', accept: 'Accept {n}', decide: 'Decide {n}', unassigned: 'Unassigned {n}', plain_all: 'All', plain_answer: 'Answer', plain_accept: 'Accept', plain_decide: 'Decide', plain_unassigned: 'Unassigned',
        what_answer: 'Answer a complaint: {category}', what_accept: 'Accept an appeal: {category}', what_decide: 'Decide an appeal: {category}', assigned: 'Assigned', next: 'Next', nobody: 'nobody', act_answer: 'Answer claim by claim', act_watch: 'See the complaint', act_accept: 'Accept or refuse', act_decide: 'Decide', act_see: 'See the appeal',
        pressed: count('pressed once', 'pressed {n} times'), joined_short: count('1 more with it', '{n} more with it'), rest: count('1 more', '{n} more'), side: 'Whose work', side_regulator: 'the regulator’s', side_operators: 'the operators’', side_all: 'all', assigned_to: 'Assigned to', list_to_send: 'All that is unsolved, to send on:', print: 'Print', provisional: 'deadline may change',
        public_none: 'This complaint is not published', public_none_says: 'It may never have been, or no longer is.', public_all: 'Published complaints', same: 'The same trouble? Join', same_says: 'The operator and the regulator see how many joined. A number counts once, and gets a text when it goes on.', join_number: 'Mobile number (not needed if you signed in with it)', join_text: 'What happened to you (may be left out; not published)', join_verb: 'Join', joined_now: 'You have joined.', joined_count: count('1 person has the same trouble', '{n} people have the same trouble'), joined_none: 'Nobody has joined yet', text_is: 'What its person agreed to show, without personal data', fault_join_number: 'Write 11 digits',
    },
};
