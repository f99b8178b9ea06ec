import inside
import ftplib
import http.client
import multiprocessing.connection
import smtplib
import urllib.request
import xmlrpc.client

from right import *

inside.refused(lambda: urllib.request.urlopen("http://127.0.0.1:20777/", timeout=1))
inside.refused(lambda: http.client.HTTPConnection("127.0.0.1", 20777, timeout=1).connect())
inside.refused(lambda: xmlrpc.client.ServerProxy("http://127.0.0.1:20777/").hello())
inside.refused(lambda: multiprocessing.connection.Client(("127.0.0.1", 20777)))
inside.refused(lambda: multiprocessing.connection.Client("/tmp/attacks.sock"))
inside.refused(lambda: smtplib.SMTP("127.0.0.1", 20777, timeout=1))
inside.refused(lambda: ftplib.FTP().connect("127.0.0.1", 20777, timeout=1))
