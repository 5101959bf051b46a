// Package exam is a contest being taken: what a page says before Start, starting, showing, saving, submitting
// and finalising an attempt, its receipt and result, practice, and the live tables (participation, board,
// dashboard).
//
// The moment "now" is an argument everywhere: the server's clock decides. Methods that show an attempt finalise
// it first when its deadline has passed, so callers never meet an overdue running attempt.
//
// Options are named by the place they are shown at (0 is the first shown, letter A). The original order of the
// bank never leaves this package.
package exam
