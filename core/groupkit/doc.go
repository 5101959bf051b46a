// Package groupkit makes what people pass on by hand where no API reaches: for one unit a text of the day, a picture
// for the office's Zalo group and the unit's link and code; for all units at once an archive of them. It stores
// nothing and is the only home of the drawing of text.
package groupkit
