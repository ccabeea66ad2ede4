#include "measure/usage/notice.h"

const char *const level_words[LEVELS] = { "threshold", "reached", "over", "cap" };

const char notice_table[] =
    "CREATE TABLE IF NOT EXISTS \"notice\" (\"entry\" BIGINT NOT NULL, \"place\" BIGINT NOT NULL, \"rank\" BIGINT NOT NULL,"
    " \"subscriber\" BIGINT NOT NULL, \"cycle\" BIGINT NOT NULL, \"pool\" TEXT NOT NULL, \"level\" BIGINT NOT NULL, \"percent\" BIGINT NOT NULL,"
    " \"occurrence\" BIGINT NOT NULL, \"used\" BIGINT NOT NULL, \"quantity\" BIGINT, \"charge\" BIGINT NOT NULL, \"time\" BIGINT NOT NULL,"
    " \"source\" BIGINT NOT NULL, \"seq\" BIGINT NOT NULL, \"received\" BIGINT NOT NULL, PRIMARY KEY (\"entry\", \"place\", \"rank\"));"
    "CREATE INDEX IF NOT EXISTS \"notice_by_subscriber\" ON \"notice\" (\"subscriber\");";
