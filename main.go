// Command duthi runs online knowledge contests.
package main

func main() {}
