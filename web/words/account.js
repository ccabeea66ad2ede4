export default {
    zh: {
        report_head: '选时段和语言，读一份报告', report_lede: '一份报告是一个文件，离线也能看。里面的每个数都能从账本重算。', none: '还没有能写报告的时段', none_says: '载入投诉以后，每个月、季度、年都能出报告。', period: '时段', report_language: '语言', chinese: '中文', english: 'English', open: '打开', save: '存下来', check: '报告怎么验证', months: '按月', report: '报告',
        staff_head: '用账号登录', staff_lede: '管理局、企业和管理员用账号。', account: '账号', password: '密码', enter: '登录', not_in: '没有登录上', number_head: '用手机号登录', number_lede: '发一条六位验证码到你的手机，看你自己的投诉。', number: '手机号', number_hint: '11位。只用来找到你的投诉，不会公开。', send: '发验证码', code: '验证码', code_hint: '已经发到{number}，10分钟内有效', resend: '换一个号码，或者重发',
        or_number: '我是用户：用手机号登录', or_staff: '我是工作人员：用账号登录', or_receipt: '只看一件投诉：用受理号和查询码', w_account: '写账号', w_password: '写密码', w_number: '写11位手机号', w_code: '写六位验证码',
        sample_note: '示例数据里各角色的账号由make run打印出来。验证码写在数据目录旁边的spool文件里。',
        accounts_head: '{n}个账号', role: '角色', operator: '企业', made: '建立', last: '最近登录', none_accounts: '还没有账号', none_accounts_says: '在服务器上用命令建第一个账号。', add: '加账号', add_says: '账号在服务器上用命令建，密码从终端读，不经过网页：', token: '给程序用的令牌', token_says: '只显示一次；过期以后重新发。',
        r_public: '公众', r_subscriber: '用户', r_operator: '企业', r_tester: '测试机构', r_regulator: '管理局', r_administrator: '管理员',
    },
    en: {
        report_head: 'Choose a period and a language', report_lede: 'A report is one file that reads offline. Every number in it can be computed again from the ledger.', none: 'No period to report yet', none_says: 'Once complaints are loaded, each month, quarter and year has its report.', period: 'Period', report_language: 'Language', chinese: '中文', english: 'English', open: 'Open', save: 'Save', check: 'How to verify a report', months: 'Months', report: 'Reports',
        staff_head: 'Sign in with an account', staff_lede: 'Regulator, operators and administrators have accounts.', account: 'Account', password: 'Password', enter: 'Sign in', not_in: 'Not signed in', number_head: 'Sign in with your number', number_lede: 'A code of six digits goes to your phone; then you see your own complaints.', number: 'Phone number', number_hint: '11 digits. Used only to find your complaints, never published.', send: 'Send the code', code: 'Code', code_hint: 'Sent to {number}, good for 10 minutes', resend: 'Another number, or send again',
        or_number: 'I am a user: sign in by number', or_staff: 'I am staff: sign in with an account', or_receipt: 'Only one complaint: by receipt and code', w_account: 'Write the account', w_password: 'Write the password', w_number: 'Write the 11 digits of the number', w_code: 'Write the six digits',
        sample_note: 'make run prints an account for each role of the sample. Codes go to the spool file beside the data directory.',
        accounts_head: ({ n }) => (n === '1' ? '1 account' : `${n} accounts`), role: 'Role', operator: 'Operator', made: 'Made', last: 'Last sign-in', none_accounts: 'No accounts yet', none_accounts_says: 'Make the first one with a command on the server.', add: 'Add an account', add_says: 'Accounts are made with a command on the server, which reads the password from the terminal, never from a page:', token: 'Tokens for programs', token_says: 'Shown once; issue a new one when it has run out.',
        r_public: 'public', r_subscriber: 'user', r_operator: 'operator', r_tester: 'tester', r_regulator: 'regulator', r_administrator: 'administrator',
    },
};
