package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// rawClient speaks just enough HTTP/1.1 over one kept connection to load a server: a full client would cost
// as much as the server under test, on the same two cores.
type rawClient struct {
	conn   net.Conn
	r      *bufio.Reader
	req    []byte
	cookie string
	host   string
}

func dialRaw(addr, cookie string) (*rawClient, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &rawClient{conn: conn, r: bufio.NewReaderSize(conn, 4096), cookie: cookie, host: addr}, nil
}

// get asks for a page as the script does.
func (c *rawClient) get(path string) (status int, answer []byte, err error) {
	_ = c.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := fmt.Fprintf(c.conn, "GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nAccept: application/json\r\n\r\n", path, c.host, c.cookie); err != nil {
		return 0, nil, err
	}
	return c.read()
}

// post sends JSON (or nothing) and gives the status and body; the body is good until the next call.
func (c *rawClient) post(path string, body []byte) (status int, answer []byte, err error) {
	c.req = append(c.req[:0], "POST "...)
	c.req = append(c.req, path...)
	c.req = append(c.req, " HTTP/1.1\r\nHost: "...)
	c.req = append(c.req, c.host...)
	c.req = append(c.req, "\r\nCookie: "...)
	c.req = append(c.req, c.cookie...)
	c.req = append(c.req, "\r\nAccept: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: "...)
	c.req = strconv.AppendInt(c.req, int64(len(body)), 10)
	c.req = append(c.req, "\r\n\r\n"...)
	c.req = append(c.req, body...)
	_ = c.conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := c.conn.Write(c.req); err != nil {
		return 0, nil, err
	}
	return c.read()
}

func (c *rawClient) read() (int, []byte, error) {
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, nil, err
	}
	length := -1
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return 0, nil, err
			}
		}
	}
	if length < 0 {
		return 0, nil, fmt.Errorf("answer %d without a length", status)
	}
	body := make([]byte, length)
	_, err = io.ReadFull(c.r, body)
	return status, body, err
}
