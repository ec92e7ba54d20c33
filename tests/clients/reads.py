"""What the two clients read of each answer. A key that is missing here is read by neither."""

from __future__ import annotations

PERSON = "id username full_name profile_image"
NAMED_PERSON = "id username full_name"
CATEGORY = "id name slug description icon event_count"
PAGE = "count next previous results page_size total_pages current_page"
USER = (
    "id username email full_name phone_number is_organizer profile_image bio city country is_email_verified date_joined "
    "last_login settings stats"
)
SETTINGS = "marketing_emails event_reminders email_notifications sms_notifications"
USER_STATS = "total_tickets_purchased total_events_attended events_organized total_spent account_age_days"
STATS = "user_id username overview purchasing_stats organizing_stats recent_activity"
OVERVIEW = "tickets_purchased events_organized events_attended total_spent total_revenue account_age_days account_age_display"
PURCHASING = "active_tickets used_tickets total_spent tickets_by_category upcoming_events past_events"
ORGANIZING = (
    "total_events_created active_events past_events total_tickets_sold total_revenue total_attendees "
    "average_tickets_per_event best_selling_event revenue_by_month"
)

EVENT_ITEM = (
    "id title slug organizer category short_description featured_image venue_name venue_city venue_country start_date "
    "end_date start_time end_time tickets_sold tickets_available max_attendees lowest_price highest_price status "
    "is_recurring is_published created_at updated_at total_tickets"
)
EVENT = (
    "id title slug organizer category description short_description featured_image additional_images venue start_date "
    "end_date start_time end_time timezone max_attendees tickets_sold tickets_available lowest_price highest_price status "
    "is_recurring recurrence_info check_in_policy is_published created_at updated_at ticket_types similar_events share_urls"
)
ORGANIZER = "id username email full_name profile_image bio events_organized total_tickets_sold member_since"
VENUE = "name address city country latitude longitude google_maps_url"
SIMILAR = "id title slug featured_image start_date venue_city lowest_price"
TICKET_TYPE = (
    "id name description price quantity tickets_sold tickets_remaining min_purchase max_purchase available_from "
    "available_until is_available sold_out_at"
)

OWN_SUMMARY = "total_events upcoming_events ongoing_events past_events total_revenue total_tickets_sold"
OWN_ANALYTICS = (
    "total_tickets tickets_sold tickets_remaining tickets_checked_in sales_percentage gross_revenue net_revenue platform_fee "
    "page_views unique_visitors conversion_rate last_sale_date"
)
OWN_TYPE = "id name price quantity tickets_sold tickets_remaining revenue sales_percentage"
OWN_EVENT = (
    f"{EVENT_ITEM} description additional_images venue_address venue_location recurrence_pattern check_in_policy "
    "ticket_types payment_profile"
)
OWN_EVENT_TYPE = f"{OWN_TYPE} description min_purchase max_purchase available_from available_until status"
ANALYTICS = "event_id event_title event_status overview sales_by_ticket_type sales_timeline sales_by_hour traffic recent_sales"
ANALYTICS_OVERVIEW = (
    "total_tickets tickets_sold tickets_remaining tickets_checked_in sales_percentage check_in_percentage gross_revenue "
    "net_revenue platform_fee platform_fee_percentage average_ticket_price projected_revenue"
)
SALES_BY_TYPE = (
    "ticket_type_id ticket_type price tickets_sold total_quantity revenue percentage_of_total_sales "
    "percentage_of_quantity_sold"
)
TIMELINE = "date tickets_sold revenue cumulative_tickets cumulative_revenue"
RECENT_SALE = "ticket_id ticket_type amount buyer_name purchase_date"
ATTENDEE = (
    "ticket_id attendee_name attendee_email attendee_phone ticket_type purchase_date payment_status payment_reference "
    "amount_paid is_checked_in checked_in_at checked_in_by"
)
ATTENDEE_SUMMARY = "total_attendees checked_in not_checked_in check_in_percentage"
CHECKED_IN = "ticket_id attendee_name attendee_email ticket_type is_checked_in checked_in_at checked_in_by"
HISTORY = "ticket_id attendee_name attendee_email ticket_type checked_in_at checked_in_by"

INITIATED = (
    "success purchase_id payment_reference authorization_url amount currency expires_at effective_callback_url "
    "mobile_redirect_url_template"
)
VERIFIED = "success status message purchase_id amount ticket_count tickets"
PENDING = "success status payment_reference purchase_id amount currency message"
TICKET = (
    "ticket_id qr_code event ticket_type attendee_info purchase_date payment_reference amount_paid status is_checked_in "
    "checked_in_at"
)
TICKET_EVENT = "id title slug featured_image category venue_name venue_city start_date start_time status"
TICKET_EVENT_WHOLE = (
    f"{TICKET_EVENT} description venue_address venue_country venue_location end_date end_time organizer"
)
PURCHASE_INFO = "purchase_date payment_reference payment_method amount_paid currency payment_status"
ATTENDED = "event ticket_id ticket_type attended_date amount_paid"
ATTENDED_EVENT = "id title slug featured_image category venue_name event_date"
PAYMENT = "payment_id reference amount currency payment_method provider status created_at completed_at event tickets fees"
PAYMENTS_SUMMARY = "total_spent total_transactions completed_transactions pending_transactions"
PAYMENT_WHOLE = (
    "payment_id reference amount currency payment_method provider status created_at completed_at event tickets breakdown "
    "billing_info"
)

PROFILE = "id method name description account_details fee_percentage status is_verified verified_at is_default created_at"
REVENUE = "period summary payout_status revenue_by_event revenue_by_month recent_transactions"
REVENUE_SUMMARY = (
    "gross_revenue platform_fees net_revenue total_tickets_sold total_events average_ticket_price"
)
PAYOUT_STATUS = "available_balance pending_balance total_paid_out next_payout_date on_hold_balance total_earnings total_withdrawn"
REVENUE_EVENT = "event_id event_title gross_revenue net_revenue platform_fee tickets_sold"
TRANSACTION = "date event_title ticket_type amount platform_fee net_amount"
IDENTITY = (
    "verification_status verification_submitted_at verified_at verification_notes is_organizer id_document selfie_image "
    "next_step can_create_events"
)
PUBLIC_OVERVIEW = (
    "total_upcoming_events total_tickets_sold total_organizers total_attendees_checked_in total_events_published "
    "active_events_now"
)
