"""Mail programs that people use, each driven to list, fetch, append or send through the proxy."""

from .base import Client, Task
from .command_line import Curl, Msmtp, Swaks
from .fetchers import Fetchmail, FetchmailPop3, Getmail, GetmailPop3
from .node import Imapflow, Nodemailer
from .readers import Neomutt, Snail
from .standard_library import Imaplib, Poplib, Smtplib
from .synchronisers import Mbsync, OfflineImap

CLIENTS = (Curl, Mbsync, OfflineImap, Fetchmail, FetchmailPop3, Getmail, GetmailPop3, Neomutt, Snail, Msmtp, Swaks,
           Imaplib, Poplib, Smtplib, Imapflow, Nodemailer)
