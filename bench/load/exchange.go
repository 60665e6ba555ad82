package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"time"
)

// target is one request, as bytes, and what its answer must hold.
type target struct {
	address string
	request []byte
	expect  []byte
}

func newTarget(address, body, expect string) (*target, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(parsed.Hostname()); ip == nil || !ip.IsLoopback() || parsed.Port() == "" {
		return nil, fmt.Errorf("-url %q: only http://127.0.0.1:PORT/… is loaded", address)
	}
	request := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n\r\n%s", parsed.RequestURI(), parsed.Host, len(body), body)
	return &target{parsed.Host, []byte(request), []byte(expect)}, nil
}

// answer is what one request came to.
type answer struct {
	status int
	right  bool // the body holds what it must
	closes bool // the server closes the connection
}

var errNoLength = errors.New("an answer without Content-Length")

// client is one connection. It is opened by the first exchange, and again after the server closed it.
type client struct {
	target   *target
	deadline time.Time // for all exchanges together
	conn     net.Conn
	reader   *bufio.Reader
	opened   int
	body     []byte
}

func (c *client) exchange() (answer, error) {
	if c.conn == nil {
		if err := c.open(); err != nil {
			return answer{}, err
		}
	}
	got, err := c.sendAndRead()
	if err != nil || got.closes {
		c.close()
	}
	return got, err
}

func (c *client) open() error {
	conn, err := net.DialTimeout("tcp", c.target.address, 10*time.Second)
	if err != nil {
		return err
	}
	c.conn = conn
	c.opened++
	if c.reader == nil {
		c.reader = bufio.NewReaderSize(conn, 2048)
	} else {
		c.reader.Reset(conn)
	}
	return conn.SetDeadline(c.deadline)
}

func (c *client) close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

func (c *client) sendAndRead() (answer, error) {
	var got answer
	if _, err := c.conn.Write(c.target.request); err != nil {
		return got, err
	}
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return got, err
	}
	if len(line) < len("HTTP/1.1 200") {
		return got, fmt.Errorf("no status line: %q", line)
	}
	if got.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return got, err
	}
	length := -1
	for {
		line, err = c.reader.ReadSlice('\n')
		if err != nil {
			return got, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if value, found := header(line, "content-length"); found {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return got, err
			}
		} else if value, found := header(line, "connection"); found {
			got.closes = bytes.EqualFold(value, []byte("close"))
		}
	}
	if length < 0 {
		return got, errNoLength
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	if _, err = io.ReadFull(c.reader, c.body); err != nil {
		return got, err
	}
	got.right = got.status/100 == 2 && bytes.Contains(c.body, c.target.expect)
	return got, nil
}

// header returns the value of `line` if it is the header `name`, which is in lower case.
func header(line []byte, name string) ([]byte, bool) {
	if len(line) <= len(name) || line[len(name)] != ':' {
		return nil, false
	}
	for i := range name {
		if line[i]|0x20 != name[i] && line[i] != name[i] {
			return nil, false
		}
	}
	return bytes.TrimSpace(line[len(name)+1:]), true
}
