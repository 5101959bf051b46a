package account

import "duthi/core"

// errTodo marks what is declared but not written yet.
var errTodo = core.Errorf(core.Unavailable, "Chức năng này chưa có.")
