"""Mail programs that people use, each driven to list, fetch, append or send through the proxy."""

from .base import Client, Task
from .command_line import Curl, Msmtp, Swaks
from .fetchers import Fetchmail, Getmail
from .node import Imapflow, Nodemailer
from .readers import Neomutt, Snail
from .standard_library import Imaplib, Smtplib
from .synchronisers import Mbsync, OfflineImap

CLIENTS = (Curl, Mbsync, OfflineImap, Fetchmail, Getmail, Neomutt, Snail, Msmtp, Swaks, Imaplib, Smtplib,
           Imapflow, Nodemailer)
