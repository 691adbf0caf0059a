/** A delivery status notification (RFC 3464) about an e-mail, as a mail server writes it. */
export function deliveryNotification(
  mailId: string,
  {
    action,
    status,
    diagnostic = '',
    recipient = 'ana@example.com',
  }: {
    readonly action: string;
    readonly status: string;
    readonly diagnostic?: string;
    readonly recipient?: string;
  },
): string {
  return `From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: ola@motors.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example. Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 3 Mar 2026 09:00:00 -0300

Final-Recipient: rfc822; ${recipient}
Action: ${action}
Status: ${status}
${diagnostic === '' ? '' : `Diagnostic-Code: ${diagnostic}\n`}
--part
Content-Type: text/rfc822-headers

From: Perene Motors <ola@motors.example>
Subject: Hello
Message-ID: ${mailId}

--part--
`;
}

/** An abuse report (RFC 5965) about an e-mail, as a mailbox provider's feedback loop sends it. */
export function abuseReport(mailId: string, type = 'abuse'): string {
  return `From: feedback@mailbox.example
To: ola@motors.example
Subject: FW: Hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part"

--part
Content-Type: text/plain

This is an abuse report for an e-mail message.

--part
Content-Type: message/feedback-report

Feedback-Type: ${type}
User-Agent: Feedback/1.0
Version: 1

--part
Content-Type: message/rfc822

From: Perene Motors <ola@motors.example>
Subject: Hello
Message-ID:
 ${mailId}

Hello

--part--
`;
}
